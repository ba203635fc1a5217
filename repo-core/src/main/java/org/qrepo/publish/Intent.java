package org.qrepo.publish;

/**
 * What a publish is to do to a repository: each becomes a plan that is carried out the same way.
 */
public sealed interface Intent permits Change, Rollback, Promotion, Adoption, Resigning {}
