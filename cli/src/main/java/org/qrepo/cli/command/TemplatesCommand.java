package org.qrepo.cli.command;

import picocli.CommandLine;

/** The repository of template packages that a target has. */
@CommandLine.Command(
    name = "templates",
    description = {
      "Look at the templates that are published at a target, and look after them.",
      "Publishing is done by qrepo publish; what dom0 needs is printed by qrepo client template."
    },
    subcommands = {
      TemplatesListCommand.class,
      TemplatesLogCommand.class,
      TemplatesVerifyCommand.class,
      TemplatesRemoveCommand.class,
      TemplatesRollbackCommand.class,
      TemplatesRepairCommand.class,
      TemplatesPruneCommand.class,
      TemplatesAdoptCommand.class
    })
public final class TemplatesCommand {}
