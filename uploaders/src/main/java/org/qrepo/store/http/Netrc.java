package org.qrepo.store.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.store.TargetException;

/**
 * A file of user names and passwords by host, as ftp and curl read it: {@code machine HOST login
 * NAME password SECRET}, parted by white space; {@code default} stands for all other hosts. A word
 * may stand in double quotes, with {@code \"} and {@code \\}. A line that begins with {@code #} is
 * a comment, and macros are passed over. Nothing of it is ever shown, and what others can read is
 * not used.
 */
public final class Netrc implements CredentialSource {
  private static final int LONGEST = 1 << 20;
  private static final Set<PosixFilePermission> OPEN =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final Path file;
  private final List<Entry> entries;

  private Netrc(Path file, List<Entry> entries) {
    this.file = file;
    this.entries = entries;
  }

  /** One {@code machine}; an empty host is {@code default}. */
  private record Entry(String host, Optional<String> login, Optional<String> password) {}

  /**
   * Reads one.
   *
   * @throws TargetException if it cannot be read, or is not written as it must be
   */
  public static Netrc read(Path file) {
    try {
      return parse(file, text(file));
    } catch (CharacterCodingException e) {
      throw refused(file, "it is not UTF-8 text");
    } catch (IOException e) {
      throw new TargetException(file + " cannot be read: " + e.getMessage());
    }
  }

  @Override
  public Optional<Authorization> of(String host, Optional<String> user) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return entries.stream()
        .filter(e -> e.host().isEmpty() || e.host().equalsIgnoreCase(bare))
        .filter(e -> user.isEmpty() || e.login().isEmpty() || e.login().equals(user))
        .findFirst()
        .map(e -> authorization(e, user));
  }

  @Override
  public String toString() {
    return "Netrc[" + file + "]";
  }

  private Authorization authorization(Entry entry, Optional<String> user) {
    requirePrivate(file);
    String login =
        entry
            .login()
            .or(() -> user)
            .orElseThrow(() -> refused(file, "an entry has a password and no login"));
    return Authorization.basic(login, entry.password().orElse(""), file.toString());
  }

  private static void requirePrivate(Path file) {
    try {
      if (Files.getPosixFilePermissions(file).stream().anyMatch(OPEN::contains)) {
        throw refused(file, "others can read or write it: chmod 600 " + file);
      }
    } catch (IOException e) {
      throw new TargetException(file + " cannot be read: " + e.getMessage());
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw refused(file, "it is longer than 1 MiB");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  private static Netrc parse(Path file, String text) {
    List<Entry> entries = new ArrayList<>();
    List<String> words = words(file, text);
    int at = 0;
    while (at < words.size()) {
      String word = words.get(at);
      if (!word.equals("machine") && !word.equals("default")) {
        throw refused(file, "it has a word where 'machine' or 'default' should be");
      }
      String host = word.equals("machine") ? after(file, words, at) : "";
      at += word.equals("machine") ? 2 : 1;
      Optional<String> login = Optional.empty();
      Optional<String> password = Optional.empty();
      while (at < words.size() && Set.of("login", "password", "account").contains(words.get(at))) {
        String value = after(file, words, at);
        switch (words.get(at)) {
          case "login" -> login = Optional.of(value);
          case "password" -> password = Optional.of(value);
          default -> {
            // An account is for ftp alone.
          }
        }
        at += 2;
      }
      entries.add(new Entry(host, login, password));
    }
    return new Netrc(file, List.copyOf(entries));
  }

  private static String after(Path file, List<String> words, int at) {
    if (at + 1 >= words.size() || words.get(at + 1).isEmpty()) {
      throw refused(file, "nothing stands behind '" + words.get(at) + "'");
    }
    return words.get(at + 1);
  }

  private static List<String> words(Path file, String text) {
    List<String> words = new ArrayList<>();
    boolean macro = false;
    for (String line : text.lines().toList()) {
      macro = (macro && !line.isEmpty()) || line.strip().matches("macdef\\s.*");
      if (!macro && !line.stripLeading().startsWith("#")) {
        addWords(file, line, words);
      }
    }
    return words;
  }

  private static void addWords(Path file, String line, List<String> words) {
    int at = 0;
    while (at < line.length()) {
      if (Character.isWhitespace(line.charAt(at))) {
        at++;
        continue;
      }
      StringBuilder word = new StringBuilder();
      at = line.charAt(at) == '"' ? quoted(file, line, at, word) : plain(line, at, word);
      words.add(word.toString());
    }
  }

  private static int plain(String line, int start, StringBuilder word) {
    int at = start;
    while (at < line.length() && !Character.isWhitespace(line.charAt(at))) {
      word.append(line.charAt(at));
      at++;
    }
    return at;
  }

  private static int quoted(Path file, String line, int start, StringBuilder word) {
    for (int at = start + 1; at < line.length(); at++) {
      char c = line.charAt(at);
      if (c == '"') {
        return at + 1;
      }
      if (c == '\\') {
        at++;
        if (at == line.length()) {
          break;
        }
      }
      word.append(line.charAt(at));
    }
    throw refused(file, "a quote is not closed");
  }

  private static TargetException refused(Path file, String why) {
    return new TargetException(file + " is not used: " + why);
  }
}
