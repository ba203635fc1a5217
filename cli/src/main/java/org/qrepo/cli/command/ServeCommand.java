package org.qrepo.cli.command;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.qrepo.Finding;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.serve.TreeServer;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Serves a repository over HTTP until it is stopped. */
@CommandLine.Command(
    name = "serve",
    description = {
      "Serve a repository's directory over HTTP until stopped.",
      "A database in the pointer layout is answered with a redirect to its generation, so that",
      "clients get the database and the signature of one moment."
    })
public final class ServeCommand implements Command {
  private static final Pattern ADDRESS =
      Pattern.compile("(?:(?<host>\\[[0-9A-Fa-f:.]+]|[^:\\[\\]/]+):)?(?<port>[0-9]{1,5})");

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "DIR",
      description = "What to serve (default: the configured target that is a directory).")
  private @Nullable String directory;

  @Option(
      names = "--listen",
      paramLabel = "[HOST:]PORT",
      description = "Where to listen (default: ${DEFAULT-VALUE}); port 0: any free one.")
  private String listen = "127.0.0.1:8080";

  @Option(
      names = "--no-redirect",
      description = "Answer with the databases themselves, as a plain web server does.")
  private boolean noRedirect;

  @Override
  public Answer run(Session session) throws IOException, InterruptedException {
    Path served = served(session);
    InetSocketAddress address = address(listen);
    if (!address.getAddress().isLoopbackAddress()) {
      session
          .console()
          .warning(
              Finding.of(
                  "serve-open",
                  listen,
                  "others on the network can reach this server",
                  "It is meant for trying out; a real web server serves the same directory."));
    }
    try (TreeServer server =
        TreeServer.start(served, address, !noRedirect, (r, s) -> log(session, r, s))) {
      session.console().stage("Serving " + served + " until stopped");
      session.console().result(server.url());
      new CountDownLatch(1).await();
      return Answer.done(json -> json.field("url", server.url()));
    } catch (BindException e) {
      throw new IOException("cannot listen on " + listen + ": " + e.getMessage(), e);
    }
  }

  private static void log(Session session, String request, int status) {
    session.console().verbose(status + " " + request);
  }

  private Path served(Session session) throws IOException {
    if (directory == null) {
      return configured(session.config());
    }
    Path path = session.path(directory);
    if (!Files.isDirectory(path)) {
      throw new UsageException(directory + ": no such directory");
    }
    return path;
  }

  private static Path configured(Config config) {
    List<Path> directories =
        config.targets().values().stream()
            .map(Config.Target::url)
            .filter(Location.Directory.class::isInstance)
            .map(location -> ((Location.Directory) location).path())
            .filter(Files::isDirectory)
            .toList();
    if (directories.size() != 1) {
      throw new UsageException("say what to serve: qrepo serve DIR");
    }
    return directories.get(0);
  }

  private static InetSocketAddress address(String text) {
    Matcher matcher = ADDRESS.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group("port")) > 65535) {
      throw new UsageException("--listen " + text + ": expected HOST:PORT or PORT");
    }
    String host = matcher.group("host") == null ? "127.0.0.1" : matcher.group("host");
    try {
      InetAddress found = InetAddress.getByName(host);
      return new InetSocketAddress(found, Integer.parseInt(matcher.group("port")));
    } catch (UnknownHostException e) {
      throw new UsageException("--listen " + text + ": there is no host of this name here");
    }
  }
}
