package org.qrepo.sign.program;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;

/**
 * The gpg of another qube through {@code qubes-gpg-client-wrapper}, with options that every version
 * of it lets through (source: its client, which knows a fixed list, takes less than 1024 bytes of
 * arguments, and one file, on standard input). It answers armored if the gpg.conf over there says
 * so, which is undone here.
 *
 * @param program the wrapper's file
 * @param vault the qube that holds the key; empty: what /rw/config/gpg-split-domain or the policy
 *     of dom0 say
 */
public record SplitGpgBackend(Path program, Optional<QubeName> vault) implements Backend {
  /** What the vault's side has if nobody changed QUBES_GPG_AUTOACCEPT there. */
  private static final Duration CONSENT = Duration.ofMinutes(5);

  @Override
  public String name() {
    return "split-gpg";
  }

  @Override
  public String holder() {
    return "split-gpg" + vault.map(v -> " in " + v.words()).orElse("");
  }

  @Override
  public List<String> signing(Request request) {
    return List.of(
        program.toString(),
        "--batch",
        "--status-fd",
        "2",
        "--digest-algo",
        request.hash().name(),
        "--local-user",
        request.localUser(),
        "--detach-sign");
  }

  @Override
  public Optional<List<String>> exporting(Fingerprint key) {
    return Optional.of(List.of(program.toString(), "--batch", "--export", key.hex()));
  }

  @Override
  public Map<String, String> environment() {
    return vault.map(v -> Map.of("QUBES_GPG_DOMAIN", v.value())).orElse(Map.of());
  }

  @Override
  public Set<HashAlgorithm> hashes(HashAlgorithm asked) {
    return Set.of(asked);
  }

  @Override
  public Optional<Duration> consent() {
    return Optional.of(CONSENT);
  }

  @Override
  public String whereToLook() {
    return "is there a question in "
        + vault.map(QubeName::words).orElse("the qube with the key")
        + " or in dom0?";
  }

  @Override
  public Optional<Trouble> trouble(int exit, List<String> said) {
    if (said.stream().anyMatch(s -> s.contains("Destination domain not defined"))) {
      return Optional.of(
          Trouble.of(
              "vault-unknown",
              "split-gpg does not know which qube holds the key",
              "Name it: signing.vault in qrepo.yml, QUBES_GPG_DOMAIN, or the one line of",
              "/rw/config/gpg-split-domain."));
    }
    boolean refused =
        exit == QubesGpgSignBackend.REFUSED
            || said.isEmpty()
            || said.stream().anyMatch(s -> s.equals("EOF") || s.contains("Request refused"));
    return refused
        ? Optional.of(QubesGpgSignBackend.refused(holder(), "qubes.Gpg"))
        : Optional.empty();
  }

  @Override
  public String remedy(Fingerprint key) {
    return "Try it: echo test | qubes-gpg-client-wrapper --local-user " + key + " --detach-sign";
  }
}
