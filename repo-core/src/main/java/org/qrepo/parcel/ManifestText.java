package org.qrepo.parcel;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.Sha256;
import org.qrepo.publish.Plan;
import org.qrepo.publish.RepositoryName;

/**
 * The manifest as a file: JSON in one form only, a line for each file, so that the same manifest
 * has the same bytes, and bytes that could be read in two ways are no manifest. A change of meaning
 * raises the number in {@code schema}.
 *
 * <pre>
 * {
 *   "schema": "qrepo.parcel/1",
 *   "parcel": "qrepo-NAME-2-0123456789abcdef-01234567",
 *   "repository": "NAME",
 *   "time": "2026-11-22T10:00:00Z",
 *   "target": "web",                                  or null
 *   "base": {"seq": 1, "database": "SHA-256"},         or null
 *   "head": {"seq": 2, "database": "SHA-256"},
 *   "files": [
 *     {"path": "repository/…", "size": 1234, "sha256": "…"},
 *     …
 *   ]
 * }
 * </pre>
 */
final class ManifestText {
  /** Room for {@link Manifest#MOST_FILES} with names as packages have them. */
  static final int MAX_LENGTH = 64 << 20;

  private static final String SCHEMA = "qrepo.parcel/";
  private static final String HEX = "([0-9a-f]{64})";
  private static final String NUMBER = "(0|[1-9][0-9]{0,15})";
  private static final Pattern NEWER =
      Pattern.compile("\\{\\n {2}\"schema\": \"" + SCHEMA + "([0-9]{1,9})\",\\n");
  private static final Pattern TEXT =
      Pattern.compile("  \"([a-z]+)\": (?:\"([!-~&&[^\"\\\\]]*)\"|null),");
  private static final Pattern GENERATION =
      Pattern.compile(
          "  \"([a-z]+)\": (?:\\{\"seq\": " + NUMBER + ", \"database\": \"" + HEX + "\"\\}|null),");
  private static final Pattern ITEM =
      Pattern.compile(
          " {4}\\{\"path\": \"([!-~&&[^\"\\\\]]{1,400})\", \"size\": "
              + NUMBER
              + ", \"sha256\": \""
              + HEX
              + "\"\\},?");

  private ManifestText() {}

  static byte[] write(Manifest manifest) {
    StringBuilder text = new StringBuilder("{\n");
    text(text, "schema", Optional.of(SCHEMA + 1));
    text(text, "parcel", Optional.of(manifest.parcel().value()));
    text(text, "repository", Optional.of(manifest.repository().value()));
    text(text, "time", Optional.of(manifest.time().toString()));
    text(text, "target", manifest.target());
    generation(text, "base", manifest.base());
    generation(text, "head", Optional.of(manifest.head()));
    text.append("  \"files\": [\n");
    String between = "";
    for (Manifest.Item item : manifest.files()) {
      text.append(between)
          .append("    {\"path\": \"")
          .append(item.path())
          .append("\", \"size\": ")
          .append(item.size())
          .append(", \"sha256\": \"")
          .append(item.sha256())
          .append("\"}");
      between = ",\n";
    }
    return text.append("\n  ]\n}\n").toString().getBytes(US_ASCII);
  }

  private static void text(StringBuilder text, String name, Optional<String> value) {
    text.append("  \"").append(name).append("\": ");
    text.append(value.map(v -> "\"" + v + "\"").orElse("null")).append(",\n");
  }

  private static void generation(StringBuilder text, String name, Optional<Plan.Base> value) {
    text.append("  \"").append(name).append("\": ");
    text.append(
            value
                .map(g -> "{\"seq\": " + g.sequence() + ", \"database\": \"" + g.database() + "\"}")
                .orElse("null"))
        .append(",\n");
  }

  /**
   * Reads the bytes of a manifest.
   *
   * @throws RefusedException {@code parcel-manifest-malformed} or {@code parcel-version}
   */
  static Manifest read(byte[] bytes) {
    String text = new String(bytes, US_ASCII);
    Matcher schema = NEWER.matcher(text);
    if (schema.lookingAt() && !schema.group(1).equals("1")) {
      throw newer(schema.group(1));
    }
    try {
      Manifest manifest = read(Arrays.asList(text.split("\n", -1)).iterator());
      if (!Arrays.equals(write(manifest), bytes)) {
        throw malformed("it is not in the one form that a manifest has");
      }
      return manifest;
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private static Manifest read(Iterator<String> lines) {
    line(lines);
    required(lines, "schema");
    ParcelName parcel = new ParcelName(required(lines, "parcel"));
    RepositoryName repository = new RepositoryName(required(lines, "repository"));
    Instant time = Instant.parse(required(lines, "time"));
    Optional<String> target = text(lines, "target");
    Optional<Plan.Base> base = generation(lines, "base");
    Plan.Base head =
        generation(lines, "head").orElseThrow(() -> new IllegalArgumentException("no head"));
    line(lines);
    return new Manifest(parcel, repository, time, target, base, head, files(lines));
  }

  private static List<Manifest.Item> files(Iterator<String> lines) {
    List<Manifest.Item> files = new ArrayList<>();
    Matcher item = ITEM.matcher(line(lines));
    while (item.matches()) {
      files.add(
          new Manifest.Item(
              new ParcelPath(item.group(1)),
              Long.parseLong(item.group(2)),
              new Sha256(item.group(3))));
      item = ITEM.matcher(line(lines));
    }
    return files;
  }

  private static String line(Iterator<String> lines) {
    if (!lines.hasNext()) {
      throw new IllegalArgumentException("it is cut short");
    }
    return lines.next();
  }

  private static String required(Iterator<String> lines, String name) {
    return text(lines, name).orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
  }

  private static Optional<String> text(Iterator<String> lines, String name) {
    return Optional.ofNullable(field(TEXT, lines, name).group(2));
  }

  private static Optional<Plan.Base> generation(Iterator<String> lines, String name) {
    Matcher field = field(GENERATION, lines, name);
    return field.group(2) == null
        ? Optional.empty()
        : Optional.of(new Plan.Base(Long.parseLong(field.group(2)), new Sha256(field.group(3))));
  }

  private static Matcher field(Pattern form, Iterator<String> lines, String name) {
    Matcher field = form.matcher(line(lines));
    if (!field.matches() || !field.group(1).equals(name)) {
      throw new IllegalArgumentException(name + " is missing or malformed");
    }
    return field;
  }

  private static RefusedException malformed(String reason) {
    return new RefusedException(
        Finding.of(
            "parcel-manifest-malformed",
            SignedManifest.NAME,
            "it is no manifest of a parcel: " + reason,
            "Its signature is good, so whoever made it made it wrongly. Make the parcel again."));
  }

  private static RefusedException newer(String version) {
    return new RefusedException(
        Finding.of(
            "parcel-version",
            SignedManifest.NAME,
            "the parcel was made by a newer qrepo (version " + version + ", known is 1)",
            "Update qrepo here."));
  }
}
