package org.qrepo.cli.diagnosis;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.io.Compression;
import org.qrepo.io.CompressionException;

/** Reads logs and says which known failures they show. */
public final class Diagnosis {
  private static final Pattern HOLE = Pattern.compile("\\$\\{([a-z]+)}");
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9@._+:-]*");

  private final Patterns patterns;
  private final Map<String, Case> cases = new LinkedHashMap<>();

  public Diagnosis(RuleBook book) {
    this.patterns = new Patterns(book);
  }

  /**
   * Reads logs and searches the sources of the builder for the bounds that are not met.
   *
   * @param logs in the order in which they were written
   * @param builder its directory; empty: the one that the logs lie in, if they do
   * @return the likely causes first, each kind in the order in which it was seen
   * @throws IOException if a log cannot be read
   */
  public static List<Diagnosed> of(List<Path> logs, Optional<Path> builder) throws IOException {
    return read(logs).result(builder.map(Builder::new).or(() -> builderAround(logs)));
  }

  /**
   * The same with a builder whose artifacts may lie elsewhere.
   *
   * @throws IOException if a log cannot be read
   */
  public static List<Diagnosed> of(List<Path> logs, Builder builder) throws IOException {
    return read(logs).result(Optional.of(builder));
  }

  private static Diagnosis read(List<Path> logs) throws IOException {
    Diagnosis diagnosis = new Diagnosis(RuleBook.standard());
    for (Path log : logs) {
      try (InputStream in = Files.newInputStream(log)) {
        diagnosis.read(log.toString(), in);
      }
    }
    return diagnosis;
  }

  /** The builder that logs lie in. */
  public static Optional<Builder> builderAround(List<Path> logs) {
    return logs.stream().flatMap(log -> Builder.around(log).stream()).findFirst();
  }

  /**
   * Reads a log to its end, in memory that does not depend on its size; also a compressed one.
   *
   * @param name how it is called where lines of it are named
   */
  public void read(String name, InputStream in) throws IOException {
    InputStream buffered = new BufferedInputStream(in, 1 << 16);
    buffered.mark(Compression.MAGIC_LENGTH);
    byte[] head = buffered.readNBytes(Compression.MAGIC_LENGTH);
    buffered.reset();
    LogReading reading = new LogReading(name, patterns, this::count);
    try {
      LogScanner.scan(Compression.detect(head).decode(buffered), patterns.needles(), reading);
    } catch (CompressionException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
  }

  private void count(Rule rule, LogReading.Evidence evidence) {
    cases
        .computeIfAbsent(
            rule.id(), id -> new Case(rule, cases.size(), evidence.sighting(), evidence.above()))
        .count(evidence.sighting(), evidence.holes());
  }

  /**
   * What was found in all that was read.
   *
   * @param builder whose sources are searched
   */
  public List<Diagnosed> result(Optional<Builder> builder) throws IOException {
    List<Case> ordered = new ArrayList<>(cases.values());
    ordered.sort(Comparator.comparing((Case c) -> c.rule().kind()).thenComparing(Case::order));
    List<Diagnosed> all = new ArrayList<>();
    for (Case each : ordered) {
      all.add(diagnosed(each, builder));
    }
    return List.copyOf(all);
  }

  private static Diagnosed diagnosed(Case each, Optional<Builder> builder) throws IOException {
    Set<String> fix = new LinkedHashSet<>();
    Set<Bound> bounds = new LinkedHashSet<>();
    if (each.rule().bound().isPresent()) {
      String bound = each.rule().bound().get();
      for (Map<String, String> holes : each.variants()) {
        BoundAdvice advice =
            BoundAdvice.of(
                builder,
                Dependency.of(filled(bound, holes)),
                Optional.ofNullable(holes.get("version")));
        fix.addAll(advice.fix());
        bounds.addAll(advice.bounds());
      }
    }
    for (String line : each.rule().fix()) {
      each.variants().forEach(holes -> fix.add(filled(line, holes)));
    }
    return each.diagnosed(List.copyOf(fix), List.copyOf(bounds));
  }

  /**
   * A line with what was in the holes. What the log does not tell stands there as a word in
   * capitals; and so does, in commands, what a shell could take for more than a word: logs are what
   * strangers wrote.
   */
  private static String filled(String text, Map<String, String> holes) {
    boolean command = text.contains("$ ");
    return HOLE.matcher(text)
        .replaceAll(
            hole ->
                Optional.ofNullable(holes.get(hole.group(1)))
                    .filter(value -> !command || WORD.matcher(value).matches())
                    .map(Matcher::quoteReplacement)
                    .orElseGet(() -> hole.group(1).toUpperCase(Locale.ROOT)));
  }
}
