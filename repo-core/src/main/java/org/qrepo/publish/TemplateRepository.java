package org.qrepo.publish;

/**
 * A repository of template packages, as dnf and dom0 read it, and how it is to be written.
 *
 * @param name by which its states know each other: none of another repository passes for one
 */
public record TemplateRepository(RepositoryName name, Layout layout) {}
