package org.qrepo.publish;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.qrepo.store.MemoryStore;
import org.qrepo.store.local.LocalStore;

/** The kinds of store that the engine's promises are tested on, and the layout there. */
enum Place {
  LOCAL_POINTER(Layout.POINTER),
  LOCAL_PLAIN(Layout.PLAIN),
  LINKS_POINTER(Layout.POINTER),
  LINKS_PLAIN(Layout.PLAIN),
  CONDITIONAL(Layout.PLAIN),
  PUT_ONLY(Layout.PLAIN);

  final Layout layout;

  Place(Layout layout) {
    this.layout = layout;
  }

  /** Gives each publisher a store of its own on one new place. */
  Supplier<Store> open(Path tree) {
    return switch (this) {
      case LOCAL_POINTER, LOCAL_PLAIN -> () -> new LocalStore(tree);
      case LINKS_POINTER, LINKS_PLAIN -> MemoryStore.withLinks()::another;
      case CONDITIONAL -> MemoryStore.conditional()::another;
      case PUT_ONLY -> MemoryStore.plain()::another;
    };
  }
}
