package org.qrepo.cli.command;

import picocli.CommandLine;

/** What other machines need to offer or use a repository. */
@CommandLine.Command(
    name = "client",
    description = "Print what other machines need to offer or use a repository.",
    subcommands = {
      ClientPacmanCommand.class,
      ClientTemplateCommand.class,
      ClientPageCommand.class,
      ClientServerCommand.class,
      ClientServiceCommand.class,
      ClientMigrateCommand.class,
      ClientAllCommand.class
    })
public final class ClientCommand {}
