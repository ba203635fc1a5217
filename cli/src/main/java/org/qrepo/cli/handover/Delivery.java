package org.qrepo.cli.handover;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.cli.UsageException;
import org.qrepo.client.QrexecService;
import org.qrepo.sign.program.ProgramFile;
import org.qrepo.sign.program.QubeName;

/** How a parcel gets to where it is received. */
public sealed interface Delivery {
  /** The program that takes it there; empty if none does. */
  Optional<String> program();

  /**
   * By copying it into the incoming files of another qube.
   *
   * @param to empty: dom0 asks which
   */
  record Copy(Optional<QubeName> to) implements Delivery {
    @Override
    public Optional<String> program() {
      return Optional.of(to.isPresent() ? "qvm-copy-to-vm" : "qvm-copy");
    }

    /** The program and its arguments. */
    List<String> words(Path parcel, Map<String, String> environment) {
      String name = program().orElseThrow();
      List<String> words = new ArrayList<>();
      words.add(file(name, environment));
      words.add("--without-progress");
      to.ifPresent(qube -> words.add(qube.value()));
      words.add(parcel.toString());
      return words;
    }
  }

  /**
   * By the service that the other qube offers: it publishes, and says how that went.
   *
   * @param qrexec the program that calls it: a name or an absolute path
   */
  record Service(QubeName to, String qrexec) implements Delivery {
    @Override
    public Optional<String> program() {
      return Optional.of(qrexec);
    }

    List<String> words(Map<String, String> environment) {
      return List.of(file(qrexec, environment), to.value(), QrexecService.NAME);
    }
  }

  /**
   * Not at all: somebody else takes it from there.
   *
   * @param directory where it is left
   */
  record Nowhere(Path directory) implements Delivery {
    @Override
    public Optional<String> program() {
      return Optional.empty();
    }
  }

  /** Refuses what cannot work here, before anything is made. */
  default void requirePossible(Map<String, String> environment) {
    program().ifPresent(name -> file(name, environment));
  }

  /** What is remembered is remembered for this destination. */
  default String destination() {
    if (this instanceof Copy copy) {
      return copy.to().map(QubeName::value).orElse("");
    }
    return this instanceof Service service && !service.to().equals(QubeName.DEFAULT)
        ? service.to().value()
        : "";
  }

  private static String file(String program, Map<String, String> environment) {
    return ProgramFile.find(program, environment.getOrDefault("PATH", ""))
        .map(Path::toString)
        .orElseThrow(
            () ->
                new UsageException(
                    "there is no program " + program + " here",
                    "It is part of Qubes OS, and works in a qube only.",
                    "Elsewhere: qrepo handover --out DIR makes the parcel and leaves it there."));
  }
}
