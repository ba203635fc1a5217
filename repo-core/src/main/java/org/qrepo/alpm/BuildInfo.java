package org.qrepo.alpm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a package was built, its member {@code .BUILDINFO}. No client reads it, so nothing in it is
 * refused: lines that are not {@code key = value} are passed over. Source: BUILDINFO(5).
 */
public final class BuildInfo {
  /** In bytes; it lists the packages that were installed for the build. */
  public static final int MAX_SIZE = 4 << 20;

  private final List<Field> fields;

  private BuildInfo(List<Field> fields) {
    this.fields = List.copyOf(fields);
  }

  /** Reads at most {@link #MAX_SIZE} bytes of what its caller read. */
  static BuildInfo parse(byte[] bytes) {
    List<Field> fields = new ArrayList<>();
    int number = 0;
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      number++;
      int keyEnd = line.indexOf(' ');
      if (keyEnd > 0 && !line.startsWith("#") && line.startsWith(" = ", keyEnd)) {
        fields.add(new Field(line.substring(0, keyEnd), line.substring(keyEnd + 3), number));
      }
    }
    return new BuildInfo(fields);
  }

  /** All fields in file order. */
  public List<Field> fields() {
    return fields;
  }

  /** All values of a key in file order. */
  public List<String> values(String key) {
    return fields.stream().filter(f -> f.key().equals(key)).map(Field::value).toList();
  }

  /** The first value of a key. */
  public Optional<String> first(String key) {
    return values(key).stream().findFirst();
  }
}
