package org.qrepo.publish;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is to become of a repository of templates.
 *
 * @param templates to be published
 * @param removed names, or {@code NAME-VERSION-RELEASE}, of templates to be taken out
 * @param rollback to go back to an older generation before that
 */
public record TemplateChange(
    List<TemplateInput> templates,
    Set<String> removed,
    Optional<TemplateRollback> rollback,
    Options options) {
  public TemplateChange {
    templates = List.copyOf(templates);
    removed = Set.copyOf(removed);
  }

  /**
   * A way back.
   *
   * @param to empty: the parent of the live one
   */
  public record TemplateRollback(Optional<GenerationId> to) {}

  /**
   * What is allowed besides.
   *
   * @param init the repository may have been removed on purpose
   * @param allowDowngrade whether a template may be older than what is published of its name
   * @param adopt whether another tool's metadata is replaced
   */
  public record Options(boolean init, boolean allowDowngrade, boolean adopt) {
    public static final Options NONE = new Options(false, false, false);
  }

  public static TemplateChange adding(List<TemplateInput> templates, Options options) {
    return new TemplateChange(templates, Set.of(), Optional.empty(), options);
  }

  public static TemplateChange removing(Set<String> names) {
    return new TemplateChange(List.of(), names, Optional.empty(), Options.NONE);
  }

  public static TemplateChange back(Optional<GenerationId> to) {
    return new TemplateChange(
        List.of(), Set.of(), Optional.of(new TemplateRollback(to)), Options.NONE);
  }

  /** Takes over what another tool, or nobody, made metadata for. */
  public static TemplateChange adopting() {
    return new TemplateChange(
        List.of(), Set.of(), Optional.empty(), new Options(false, false, true));
  }
}
