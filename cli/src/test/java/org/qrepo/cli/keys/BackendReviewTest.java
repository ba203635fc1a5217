package org.qrepo.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.Finding;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;

class BackendReviewTest {
  @TempDir private Path directory;

  private Config.Signing signing(String... flags) throws IOException {
    List<ConfigLoader.Flag> all =
        java.util.Arrays.stream(flags)
            .map(f -> f.split("=", 2))
            .map(f -> new ConfigLoader.Flag("--test", "signing." + f[0], List.of(f[1])))
            .toList();
    return new ConfigLoader(directory, Map.of("HOME", directory.toString()))
        .load(Optional.empty(), all)
        .signing();
  }

  private static List<String> subjects(List<Finding> findings) {
    return findings.stream().map(Finding::subject).toList();
  }

  private static final String KEY = "key=0123456789012345678901234567890123456789";

  @Test
  void theQubeThatQubesWasToldWins() throws IOException {
    Config.Signing signing = signing("backend=split-gpg", KEY, "vault=vault");
    Path there = directory.resolve("gpg-split-domain");
    assertThat(new BackendReview(signing, Map.of(), there).findings()).isEmpty();
    Files.writeString(there, "vault\n");
    assertThat(new BackendReview(signing, Map.of(), there).findings()).isEmpty();
    Files.writeString(there, "work-gpg\n");
    List<Finding> findings = new BackendReview(signing, Map.of(), there).findings();
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).reason()).contains("names another qube, and wins: work-gpg");
  }

  @Test
  void whatIsNotSetIsNamed() throws IOException {
    assertThat(new BackendReview(signing(), Map.of()).findings()).isEmpty();
    assertThat(subjects(new BackendReview(signing("vault=v"), Map.of()).findings()))
        .containsExactly("signing.vault");
    assertThat(
            subjects(
                new BackendReview(
                        signing("backend=gpg", "vault=v", "gpg-home=nowhere", "key-file=x"),
                        Map.of())
                    .findings()))
        .containsExactly("signing.key", "signing.key-file", "signing.gpg-home", "signing.vault");
    Config.Signing sign = signing("backend=qubes-gpg-sign", KEY);
    assertThat(subjects(new BackendReview(sign, Map.of()).findings()))
        .containsExactly("signing.vault", "signing.certificates");
    assertThat(subjects(new BackendReview(sign, Map.of("QUBES_GPG_DOMAIN", "v")).findings()))
        .containsExactly("signing.certificates");
  }

  @Test
  void aProgramThatIsNotThereIsNamed() throws IOException {
    Map<String, String> path = Map.of("PATH", directory.toString());
    assertThat(new BackendReview(signing(), path).missingProgram()).isEmpty();
    Finding finding =
        new BackendReview(signing("backend=gpg"), path).missingProgram().orElseThrow();
    assertThat(finding.id()).isEqualTo("signing-program-missing");
    assertThat(finding.subject()).isEqualTo("gpg");
    Path program = Files.writeString(directory.resolve("gpg"), "#!/bin/sh\n");
    program.toFile().setExecutable(true);
    assertThat(new BackendReview(signing("backend=gpg"), path).missingProgram()).isEmpty();
    Map<String, String> hook = Map.of("QREXEC_CLIENT_PATH", program.toString());
    Config.Signing sign = signing("backend=qubes-gpg-sign");
    assertThat(new BackendReview(sign, hook).missingProgram()).isEmpty();
    assertThat(new BackendReview(sign, Map.of()).missingProgram().orElseThrow().subject())
        .isEqualTo("/usr/lib/qubes/qrexec-client-vm");
  }
}
