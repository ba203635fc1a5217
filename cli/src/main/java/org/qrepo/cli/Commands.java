package org.qrepo.cli;

import java.util.List;
import org.qrepo.cli.command.AddCommand;
import org.qrepo.cli.command.AdoptCommand;
import org.qrepo.cli.command.AuditCommand;
import org.qrepo.cli.command.BuildCommand;
import org.qrepo.cli.command.ClientCommand;
import org.qrepo.cli.command.CompletionCommand;
import org.qrepo.cli.command.ConfigCommand;
import org.qrepo.cli.command.DemoCommand;
import org.qrepo.cli.command.DiagnoseCommand;
import org.qrepo.cli.command.DoctorCommand;
import org.qrepo.cli.command.HandoverCommand;
import org.qrepo.cli.command.InitCommand;
import org.qrepo.cli.command.KeyCommand;
import org.qrepo.cli.command.KeyringCommand;
import org.qrepo.cli.command.ListCommand;
import org.qrepo.cli.command.LogCommand;
import org.qrepo.cli.command.MirrorCommand;
import org.qrepo.cli.command.PromoteCommand;
import org.qrepo.cli.command.PruneCommand;
import org.qrepo.cli.command.PublishCommand;
import org.qrepo.cli.command.ReceiveCommand;
import org.qrepo.cli.command.RemoveCommand;
import org.qrepo.cli.command.RepairCommand;
import org.qrepo.cli.command.RollbackCommand;
import org.qrepo.cli.command.ServeCommand;
import org.qrepo.cli.command.SignCommand;
import org.qrepo.cli.command.StatusCommand;
import org.qrepo.cli.command.TemplatesCommand;
import org.qrepo.cli.command.VercmpCommand;
import org.qrepo.cli.command.VerifyCommand;
import picocli.CommandLine;

/**
 * All commands by name. Each is made only when it is named on the command line, or when all are
 * shown, so that a small command does not pay for the others.
 */
final class Commands {
  /** Writes about all the others. */
  private static final String COMPLETION = "completion";

  /** In the order of the help text. */
  static final List<String> NAMES =
      List.of(
          "init",
          "publish",
          "add",
          "remove",
          "list",
          "status",
          "log",
          "rollback",
          "promote",
          "adopt",
          "repair",
          "prune",
          "mirror",
          "templates",
          "handover",
          "receive",
          "key",
          "sign",
          "verify",
          "audit",
          "build",
          "client",
          "keyring",
          "doctor",
          "diagnose",
          "serve",
          "config",
          "vercmp",
          "demo",
          COMPLETION);

  private Commands() {}

  /** qrepo with those commands that the words name. */
  static CommandLine named(GlobalOptions options, List<String> words) {
    List<String> named = NAMES.stream().filter(words::contains).toList();
    return with(options, named.contains(COMPLETION) ? NAMES : named);
  }

  /** qrepo with all its commands. */
  static CommandLine all(GlobalOptions options) {
    return with(options, NAMES);
  }

  private static CommandLine with(GlobalOptions options, List<String> names) {
    CommandLine root = new CommandLine(options);
    names.forEach(name -> root.addSubcommand(name, create(name)));
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setAllowSubcommandsAsOptionParameters(true);
    keepOrder(root);
    return root;
  }

  /** A command's own options stand first in its help, then those that every command takes. */
  private static void keepOrder(CommandLine command) {
    command.getCommandSpec().usageMessage().sortOptions(false);
    command.getCommandSpec().usageMessage().autoWidth(true);
    command.getSubcommands().values().forEach(Commands::keepOrder);
  }

  private static Object create(String name) {
    return switch (name) {
      case "init" -> new InitCommand();
      case "publish" -> new PublishCommand();
      case "add" -> new AddCommand();
      case "remove" -> new RemoveCommand();
      case "list" -> new ListCommand();
      case "status" -> new StatusCommand();
      case "log" -> new LogCommand();
      case "promote" -> new PromoteCommand();
      case "rollback" -> new RollbackCommand();
      case "adopt" -> new AdoptCommand();
      case "repair" -> new RepairCommand();
      case "prune" -> new PruneCommand();
      case "mirror" -> new MirrorCommand();
      case "templates" -> new TemplatesCommand();
      case "handover" -> new HandoverCommand();
      case "receive" -> new ReceiveCommand();
      case "key" -> new KeyCommand();
      case "sign" -> new SignCommand();
      case "verify" -> new VerifyCommand();
      case "audit" -> new AuditCommand();
      case "build" -> new BuildCommand();
      case "client" -> new ClientCommand();
      case "keyring" -> new KeyringCommand();
      case "doctor" -> new DoctorCommand();
      case "diagnose" -> new DiagnoseCommand();
      case "serve" -> new ServeCommand();
      case "config" -> new ConfigCommand();
      case COMPLETION -> new CompletionCommand();
      case "demo" -> new DemoCommand();
      case "vercmp" -> new VercmpCommand();
      default -> throw new IllegalArgumentException(name);
    };
  }
}
