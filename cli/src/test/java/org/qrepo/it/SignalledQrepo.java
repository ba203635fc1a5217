package org.qrepo.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.qrepo.cli.Main;
import org.qrepo.cli.Surroundings;
import org.qrepo.cli.Terminal;
import org.qrepo.store.Stores;

/**
 * The program as users run it, but that it sends itself a signal at a chosen call to its stores:
 * {@code DIARY SIGNAL CALL MOMENT ARGUMENT...}, see {@link CallSignal}.
 */
public final class SignalledQrepo {
  private SignalledQrepo() {}

  public static void main(String[] arguments) throws IOException {
    List<String> words = List.of(arguments);
    int code;
    try (OutputStream diary = Files.newOutputStream(Path.of(words.get(0)))) {
      CallSignal signal =
          new CallSignal(
              diary,
              words.get(1),
              Integer.parseInt(words.get(2)),
              CallSignal.Moment.valueOf(words.get(3)));
      code = Main.run(words.subList(4, words.size()), surroundings(signal));
    }
    System.exit(code);
  }

  private static Surroundings surroundings(CallSignal signal) {
    return new Surroundings(
        Path.of("").toAbsolutePath(),
        System.getenv(),
        System.in,
        System.out,
        System.err,
        Terminal.NONE,
        Stores.standard().behind(store -> new SignalledStore(store, signal)));
  }
}
