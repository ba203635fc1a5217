package org.qrepo.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The grammar of {@code desc} (and of {@code depends}, which was apart from it before pacman 5.0):
 * a line {@code %FIELD%}, its values one to a line, and an empty line.
 *
 * <p>Clients do not look for the empty line after a field of one value, nor in a field that they do
 * not know: the next line is a field name if it looks like one. A file in which that makes a
 * difference is refused, for what qrepo checks must be what clients use. Other lines outside a
 * field mean nothing to clients, and nothing here.
 */
final class DescFile {
  /** The longest line that clients read, in bytes. */
  static final int MAX_LINE = 512 * 1024;

  private static final Pattern KEY = Pattern.compile("%([^%\\s]+)%");

  private final Map<String, List<String>> fields;

  private DescFile(Map<String, List<String>> fields) {
    this.fields = fields;
  }

  /** Reads a file that {@link #parse} has accepted before. */
  static DescFile reread(byte[] bytes) {
    return parse(bytes, new Subject("desc"));
  }

  /**
   * Reads a file.
   *
   * @param bytes UTF-8; what is not is replaced in the values and kept in the file
   * @throws org.qrepo.RefusedException {@code desc-line-ends} or {@code desc-malformed}
   */
  static DescFile parse(byte[] bytes, Subject subject) {
    Parser parser = new Parser(subject);
    int start = 0;
    for (int i = 0; i <= bytes.length; i++) {
      if (i == bytes.length || bytes[i] == '\n') {
        if (i > start || i < bytes.length) {
          parser.line(new String(bytes, start, i - start, UTF_8), i - start);
        }
        start = i + 1;
      }
    }
    return new DescFile(parser.fields);
  }

  /** The fields of both files. */
  DescFile with(DescFile other, Subject subject) {
    Map<String, List<String>> all = new LinkedHashMap<>(fields);
    other.fields.forEach(
        (name, values) -> {
          if (all.put(name, values) != null) {
            throw malformed(subject, "field %" + name + "% stands in two files");
          }
        });
    return new DescFile(all);
  }

  /** In the order of the file; empty if the field is absent. */
  List<String> values(String field) {
    return fields.getOrDefault(field, List.of());
  }

  /** Values that follow the first one of a single field are ignored, as clients do. */
  Optional<String> first(DescField field) {
    return values(field.name()).stream().findFirst();
  }

  private static RuntimeException malformed(Subject subject, String reason) {
    return subject.refuse(
        "desc-malformed",
        reason,
        "clients would read the entry otherwise than it is meant, or not at all",
        "add the package again with the tool that maintains this repository");
  }

  /** Takes lines as they come. */
  private static final class Parser {
    private final Subject subject;
    private final Map<String, List<String>> fields = new LinkedHashMap<>();
    private Optional<DescField> known = Optional.empty();
    private List<String> values = List.of();
    private boolean inField;
    private int number;

    Parser(Subject subject) {
      this.subject = subject;
    }

    void line(String line, int length) {
      number++;
      check(line, length);
      if (line.isEmpty()) {
        inField = false;
      } else if (inField) {
        value(line);
      } else {
        begin(line);
      }
    }

    private void check(String line, int length) {
      if (line.endsWith("\r")) {
        throw at().refuse(
                "desc-line-ends",
                "lines end in CR LF",
                "clients take the CR for a part of the value and find no package of that name",
                "the file went through a tool that changes line ends: fetch or make it again");
      }
      if (line.indexOf('\0') >= 0) {
        throw malformed(at(), "a line holds a NUL byte");
      }
      if (length > MAX_LINE) {
        throw malformed(at(), "a line is longer than " + MAX_LINE / 1024 + " KiB");
      }
    }

    private void begin(String line) {
      Matcher key = KEY.matcher(line);
      if (key.matches()) {
        String name = key.group(1);
        known = DescField.named(name);
        values = new ArrayList<>();
        if (fields.put(name, values) != null) {
          throw malformed(at(), "field %" + name + "% stands there twice");
        }
        inField = true;
      }
    }

    private void value(String line) {
      boolean verbatim = known.isPresent() && !(known.get().isSingle() && !values.isEmpty());
      if (!verbatim && KEY.matcher(line).matches()) {
        throw malformed(
            at(), "no empty line parts " + Subject.quote(line) + " from what is before it");
      }
      values.add(line);
    }

    private Subject at() {
      return subject.at(Integer.toString(number));
    }
  }
}
