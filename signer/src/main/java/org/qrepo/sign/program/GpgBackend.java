package org.qrepo.sign.program;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;

/**
 * The gpg of this machine with its agent, which may have the key on disk, on a smartcard, or in
 * another qube (split-gpg2). The user's gpg.conf is not read: what it may add to signatures,
 * notations or an expiry, is refused by clients.
 *
 * @param program gpg's file
 * @param home its home; empty for the user's own
 */
public record GpgBackend(Path program, Optional<Path> home) implements Backend {
  @Override
  public String name() {
    return "gpg";
  }

  @Override
  public String holder() {
    return "gpg" + home.map(h -> " in " + h).orElse("");
  }

  @Override
  public List<String> signing(Request request) {
    List<String> words = words();
    words.addAll(List.of("--status-fd", "2", "--no-armor", "--digest-algo", request.hash().name()));
    words.addAll(List.of("--local-user", request.localUser(), "--output", "-", "--detach-sign"));
    return words;
  }

  @Override
  public Optional<List<String>> exporting(Fingerprint key) {
    List<String> words = words();
    words.addAll(List.of("--no-armor", "--output", "-", "--export", key.hex()));
    return Optional.of(words);
  }

  private List<String> words() {
    List<String> words =
        new ArrayList<>(List.of(program.toString(), "--no-options", "--batch", "--no-tty"));
    home.ifPresent(h -> words.addAll(List.of("--homedir", h.toString())));
    return words;
  }

  @Override
  public Map<String, String> environment() {
    return Map.of();
  }

  @Override
  public Set<HashAlgorithm> hashes(HashAlgorithm asked) {
    return Set.of(asked);
  }

  @Override
  public Optional<Duration> consent() {
    return Optional.empty();
  }

  @Override
  public String whereToLook() {
    return "does it ask for a passphrase or a PIN, or its token for a touch?";
  }

  @Override
  public Optional<Trouble> trouble(int exit, List<String> said) {
    return Optional.empty();
  }

  @Override
  public String remedy(Fingerprint key) {
    return "Try it: echo test | gpg"
        + home.map(h -> " --homedir " + h).orElse("")
        + " --local-user "
        + key
        + " --detach-sign | gpg --list-packets";
  }
}
