package org.qrepo.cli.command;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.client.ClientFile;
import org.qrepo.cli.client.TemplateSources;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.client.ClientKey;
import org.qrepo.client.ServerUrl;
import org.qrepo.client.TemplateInstructions;
import org.qrepo.client.TemplateSource;
import org.qrepo.sign.program.QubeName;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints what makes dom0 install templates from a repository. */
@CommandLine.Command(
    name = "template",
    description = {
      "Print what makes dom0 install templates from a repository.",
      "That is the file for /etc/qubes/repo-templates, the key, and the commands for dom0 that put",
      "them there."
    })
public final class ClientTemplateCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write the files into DIR instead, under the names that they have in dom0.")
  private @Nullable String out;

  @Option(
      names = "--release",
      paramLabel = "R",
      description = "The Qubes release of dom0, like 4.3 (default: repository.release).")
  private @Nullable String release;

  @Option(
      names = "--templates-server",
      paramLabel = "URL",
      description = "Where dom0 finds the templates (default: targets.NAME.templates-server).")
  private @Nullable String server;

  @Option(
      names = "--repo-gpgcheck",
      description =
          "Let the downloading qube verify the metadata too; needs core-admin-client 4.3.16.")
  private boolean signedMetadata;

  @Option(
      names = "--qube",
      paramLabel = "QUBE",
      description =
          "The qube from which the files are copied into dom0 (default: ${DEFAULT-VALUE}).")
  private String qube = "QUBE";

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Override
  public Answer run(Session session) throws IOException {
    Targets targets = Targets.of(session, flags, target.given(), own()).requireOne();
    Config config = targets.config();
    TemplateSource source =
        TemplateSources.of(
            session,
            flags.trusted(session),
            config,
            targets.target(0),
            Optional.ofNullable(server).map(ClientTemplateCommand::url),
            signedMetadata);
    Path folder = out == null ? session.cwd() : session.path(out);
    String steps =
        TemplateInstructions.of(
            source, qubeName(), folder.toAbsolutePath().normalize().toString(), List.of());
    List<ClientFile> files =
        List.of(
            new ClientFile(source.fileName(), false, source.definition()),
            new ClientFile(source.keyFileName(), false, source.keyFile()),
            new ClientFile(source.id() + "-dom0.txt", false, steps));
    List<String> written = new ArrayList<>();
    if (out == null) {
      files.forEach(file -> session.console().document(headed(file)));
    } else {
      files.forEach(file -> written.add(file.write(folder).toString()));
      written.forEach(session.console()::result);
    }
    return Answer.done(json -> write(json, source, written, steps));
  }

  private static void write(
      JsonObject json, TemplateSource source, List<String> written, String steps)
      throws IOException {
    json.field("repository", source.name().value())
        .field("id", source.id())
        .field("path", TemplateSource.FOLDER + "/" + source.fileName())
        .field("key-path", TemplateSource.KEY_FOLDER + "/" + source.keyFileName())
        .strings("servers", source.bases().stream().map(ServerUrl::value).toList())
        .strings(
            "fingerprints",
            source.keys().stream().map(ClientKey::fingerprint).map(f -> f.hex()).toList())
        .strings("files", written)
        .field("text", source.definition())
        .field("key", source.keyFile())
        .field("dom0", steps);
  }

  private static String headed(ClientFile file) {
    return "##### " + file.name() + "\n" + file.text() + "\n";
  }

  private String qubeName() {
    try {
      return qube.equals("QUBE") ? qube : new QubeName(qube).value();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--qube: " + e.getMessage());
    }
  }

  private static URI url(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--templates-server: " + e.getMessage());
    }
  }

  private ConfigLoader.Flag[] own() {
    return release == null
        ? new ConfigLoader.Flag[0]
        : new ConfigLoader.Flag[] {
          new ConfigLoader.Flag("--release", "repository.release", List.of(release))
        };
  }
}
