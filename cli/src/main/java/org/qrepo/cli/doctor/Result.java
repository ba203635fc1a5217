package org.qrepo.cli.doctor;

import java.util.List;
import org.qrepo.Finding;

/**
 * What one look showed.
 *
 * @param finding what was looked at and seen; its details say how to mend it
 */
public record Result(Level level, Finding finding) {
  /** How bad it is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** It works, and could be better or will not work for long. */
    WARNING,
    /** Publishing or clients fail because of it. */
    ERROR
  }

  /** Something that is as it should be. */
  public static Result ok(String id, String subject, String reason) {
    return new Result(Level.OK, Finding.of(id, subject, reason));
  }

  /** Something that could be better. */
  public static Result warning(String id, String subject, String reason, String... remedy) {
    return warning(Finding.of(id, subject, reason, remedy));
  }

  static Result warning(Finding finding) {
    return new Result(Level.WARNING, finding);
  }

  /** Something that does not work. */
  public static Result error(String id, String subject, String reason, String... remedy) {
    return error(Finding.of(id, subject, reason, remedy));
  }

  static Result error(Finding finding) {
    return new Result(Level.ERROR, finding);
  }

  /** The results, or, if nothing is wrong, that all is well. */
  public static List<Result> orOk(List<Result> found, Result ok) {
    return found.isEmpty() ? List.of(ok) : List.copyOf(found);
  }
}
