package org.qrepo.cli.command;

import picocli.CommandLine;

/** The stage before publishing, which qubes-builder does. */
@CommandLine.Command(
    name = "build",
    description =
        "Drive qubes-builder, classic or v2: get it and verify it, configure it, build with it,"
            + " find what it made.",
    subcommands = {
      BuildDoctorCommand.class,
      BuildFetchCommand.class,
      BuildConfigureCommand.class,
      BuildSourcesCommand.class,
      BuildPackagesCommand.class,
      BuildTemplateCommand.class,
      BuildAllCommand.class,
      BuildLocateCommand.class,
      BuildCleanCommand.class
    })
public final class BuildCommand {}
