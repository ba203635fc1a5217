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
 * The program as users run it, but that it dies at a chosen call to its stores: {@code DIARY CALL
 * MOMENT ARGUMENT...}, see {@link Death}.
 */
public final class KilledQrepo {
  private KilledQrepo() {}

  public static void main(String[] arguments) throws IOException {
    List<String> words = List.of(arguments);
    int code;
    try (OutputStream diary = Files.newOutputStream(Path.of(words.get(0)))) {
      Death death =
          new Death(diary, Integer.parseInt(words.get(1)), Death.Moment.valueOf(words.get(2)));
      code = Main.run(words.subList(3, words.size()), surroundings(death));
    }
    System.exit(code);
  }

  private static Surroundings surroundings(Death death) {
    return new Surroundings(
        Path.of("").toAbsolutePath(),
        System.getenv(),
        System.in,
        System.out,
        System.err,
        Terminal.NONE,
        Stores.standard().behind(store -> new MortalStore(store, death)));
  }
}
