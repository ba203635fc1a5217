package org.qrepo.cli.diagnosis;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A failure that is known.
 *
 * @param id stable, kebab-case
 * @param where what says it, for readers
 * @param matches the lines that show it, each of them alone
 * @param contexts what must, or must not, be near such a line
 * @param bound the dependency whose bound in a component's sources is to be changed, with holes
 * @param cause in one line
 * @param fix lines, with holes; those that begin with {@code $} are commands
 * @param sources what it is known from: numbers of issues, documents, experiments
 */
public record Rule(
    String id,
    Kind kind,
    List<Where> where,
    List<LinePattern> matches,
    List<Context> contexts,
    Optional<String> bound,
    String cause,
    List<String> fix,
    List<String> sources) {
  public Rule {
    where = List.copyOf(where);
    matches = List.copyOf(matches);
    contexts = List.copyOf(contexts);
    fix = List.copyOf(fix);
    sources = List.copyOf(sources);
  }

  /** What a line of this kind means, the most important first. */
  public enum Kind {
    /** The work ends because of it. */
    CAUSE,
    /** The work may end because of it; often it goes on. */
    HINT,
    /** It says that something else went wrong. */
    CONSEQUENCE,
    /** It looks like a failure and is none. */
    HARMLESS;

    /** As it is written in the rules. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What says it. */
  public enum Where {
    /** The log of a component. */
    COMPONENT("component log"),
    /** The log of a template. */
    TEMPLATE("template log"),
    /** The output of make. */
    MAKE("make"),
    /** Fetching the sources. */
    SOURCES("get-sources"),
    /** builderv2. */
    V2("v2"),
    /** pacman in a template, or in a qube that is based on it. */
    CLIENT("client"),
    /** dom0. */
    DOM0("dom0"),
    /** The journal of a template. */
    GUEST("guest"),
    /** Signing in another qube. */
    SIGN("sign");

    private final String words;

    Where(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }
  }

  /** How a line near a match stands to it. */
  enum Relation {
    /** Must be above it. */
    BEFORE,
    /** Must be below it. */
    AFTER,
    /** Must not be above it. */
    UNLESS,
    /** May be above it, and then tells more; its holes can be used in the fix. */
    ABOVE
  }

  /**
   * A line near a match.
   *
   * @param lines how far away it may be
   */
  record Context(Relation relation, int lines, LinePattern pattern) {}

  /** The patterns of its lines, for people. */
  public List<String> patterns() {
    return matches.stream().map(LinePattern::toString).toList();
  }
}
