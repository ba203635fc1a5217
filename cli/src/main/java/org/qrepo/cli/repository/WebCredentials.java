package org.qrepo.cli.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.program.ProgramOutput;
import org.qrepo.store.TargetException;
import org.qrepo.store.http.Authorization;
import org.qrepo.store.http.CredentialSource;
import org.qrepo.store.http.Netrc;

/**
 * Who publishes to a web server: what variables say, what the configured command says, what the
 * configured netrc file says, {@code ~/.netrc}; the first that there is. Nothing of it is kept
 * longer than the run, or shown.
 */
final class WebCredentials implements CredentialSource {
  private static final int MOST_BYTES = 16 << 10;

  private final Session session;
  private final Config.Target target;

  WebCredentials(Session session, Config.Target target) {
    this.session = session;
    this.target = target;
  }

  @Override
  public Optional<Authorization> of(String host, Optional<String> user) {
    return variables()
        .or(this::command)
        .or(() -> target.web().netrcFile().flatMap(file -> Netrc.read(file).of(host, user)))
        .or(() -> ownNetrc().flatMap(file -> Netrc.read(file).of(host, user)));
  }

  private Optional<Authorization> variables() {
    Map<String, String> environment = session.environment();
    String prefix = target.web().variables();
    String token = environment.getOrDefault(prefix + "_TOKEN", "");
    String user = environment.getOrDefault(prefix + "_USER", "");
    if (!token.isEmpty()) {
      return Optional.of(Authorization.bearer(token, "the variable " + prefix + "_TOKEN"));
    }
    if (user.isEmpty()) {
      return Optional.empty();
    }
    String password = environment.getOrDefault(prefix + "_PASSWORD", "");
    return Optional.of(
        Authorization.basic(user, password, "the variables " + prefix + "_USER and _PASSWORD"));
  }

  private Optional<Path> ownNetrc() {
    return target.web().netrcFile().isPresent()
        ? Optional.empty()
        : Optional.of(session.home().resolve(".netrc")).filter(Files::exists);
  }

  /** Two lines are a user name and a password, one is a token. */
  private Optional<Authorization> command() {
    List<String> command = target.web().command();
    if (command.isEmpty()) {
      return Optional.empty();
    }
    String source = "the credentials command " + command.get(0);
    List<String> lines = output(command, source).lines().toList();
    return switch (lines.size()) {
      case 1 -> Optional.of(Authorization.bearer(lines.get(0), source));
      case 2 -> Optional.of(Authorization.basic(lines.get(0), lines.get(1), source));
      default ->
          throw new TargetException(
              source + " should print a user name and a password in two lines, or a token in one");
    };
  }

  private String output(List<String> command, String source) {
    try {
      byte[] bytes =
          ProgramOutput.ofCommand(command, session.cwd(), out -> out.readNBytes(MOST_BYTES))
              .orElseThrow(() -> new TargetException(source + " failed"));
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new TargetException(source + " does not print UTF-8 text");
    } catch (IOException e) {
      throw new TargetException(source + " failed: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TargetException("interrupted while " + source + " ran");
    }
  }
}
