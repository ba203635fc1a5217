package org.qrepo.alpm;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;

/**
 * Splits metadata into fields as libalpm does: a line is a key, {@code " = "} right after it, and
 * the value to the end of the line; empty lines and those that start with {@code #} say nothing.
 * What clients could not read or would show as something else becomes a finding.
 */
final class FieldLines {
  /** Clients give up on a longer line. */
  private static final int MAX_LINE = 512 * 1024 - 1;

  private static final String ID = "pkginfo-malformed";

  private final String subject;
  private final List<Field> fields = new ArrayList<>();
  private final Findings findings;

  private FieldLines(String subject, Findings findings) {
    this.subject = subject;
    this.findings = findings;
  }

  static List<Field> parse(String subject, byte[] bytes, Findings findings) {
    FieldLines lines = new FieldLines(subject, findings);
    int line = 0;
    int start = 0;
    while (start < bytes.length) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      lines.parseLine(++line, ByteBuffer.wrap(bytes, start, end - start));
      start = end + 1;
    }
    return List.copyOf(lines.fields);
  }

  private void parseLine(int number, ByteBuffer bytes) {
    if (!bytes.hasRemaining() || bytes.get(bytes.position()) == '#') {
      return;
    }
    if (bytes.remaining() > MAX_LINE) {
      refuse(number, "line is longer than 512 KiB", "clients stop reading there");
      return;
    }
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(bytes)
              .toString();
    } catch (CharacterCodingException e) {
      refuse(number, "line is not UTF-8", "build the package in a UTF-8 locale");
      return;
    }
    if (text.endsWith("\r")) {
      refuse(
          number,
          "line ends in a carriage return",
          "clients take it as part of the value; write lines that end in a newline alone");
      return;
    }
    parseText(number, text);
  }

  private void parseText(int number, String text) {
    int keyEnd = text.indexOf(' ');
    if (keyEnd <= 0 || !text.startsWith(" = ", keyEnd)) {
      refuse(number, "line " + Quoted.of(text) + " is not of the form 'key = value'", "");
      return;
    }
    if (text.chars().anyMatch(FieldLines::isControl)) {
      refuse(
          number,
          "field " + Quoted.of(text.substring(0, keyEnd)) + " has a control character",
          "it would reach the terminals of those who list the package");
      return;
    }
    fields.add(new Field(text.substring(0, keyEnd), text.substring(keyEnd + 3), number));
  }

  /** A tab is no more than odd, and the rules of a field may still refuse it. */
  private static boolean isControl(int c) {
    return Character.isISOControl(c) && c != '\t';
  }

  private void refuse(int line, String reason, String detail) {
    List<String> details = detail.isEmpty() ? List.of() : List.of(detail);
    findings.add(new Finding(ID, subject + ":" + line, reason, details));
  }
}
