package org.qrepo.sign;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.Finding;
import org.qrepo.sign.SignatureFault.Reaction;

/**
 * A fault that was found in one signature.
 *
 * @param fault its kind
 * @param subject what messages call the signed file, or its signature
 * @param reason what is wrong here: one line, lower case, no full stop
 * @param pacman the line that pacman prints, filled in; empty if it is silent
 * @param taken whether pacman uses the file all the same
 * @param remedy what to do, filled in
 */
public record SignatureFinding(
    SignatureFault fault,
    String subject,
    String reason,
    Optional<String> pacman,
    boolean taken,
    String remedy) {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(file|name|user|key)}");

  /** A finding about a signature whose key is not known, or does not matter. */
  public static SignatureFinding of(SignatureFault fault, String subject, String reason) {
    return of(fault, subject, reason, "...", "...");
  }

  /** As {@link #of(SignatureFault, String, String)}, with the fault's own words for a reason. */
  public static SignatureFinding of(SignatureFault fault, String subject) {
    return of(fault, subject, fault.meaning());
  }

  /**
   * A finding about a signature by a certain key.
   *
   * @param user its main user id
   * @param key its fingerprint or, where that is not known, its key id
   */
  static SignatureFinding of(
      SignatureFault fault, String subject, String reason, String user, String key) {
    SignedName signed = SignedName.of(subject);
    Map<String, String> values =
        Map.of("file", signed.file(), "name", signed.name(), "user", user, "key", key);
    Reaction reaction = signed.database() ? fault.ofDatabase() : fault.ofPackage();
    return new SignatureFinding(
        fault,
        subject,
        reason,
        reaction.line().map(line -> filled(line, values)),
        reaction.taken(),
        filled(fault.remedy(), values));
  }

  public boolean isError() {
    return fault.severity() == SignatureFault.Severity.ERROR;
  }

  /** In the form that all of qrepo speaks. */
  public Finding finding() {
    List<String> details = new ArrayList<>();
    pacman.ifPresent(line -> details.add("pacman will say: " + line));
    if (taken) {
      String takes = pacman.isPresent() ? "pacman takes it all the same" : "pacman does not mind";
      details.add(takes + fault.why().map(why -> ": " + why).orElse("") + ".");
    }
    details.add(remedy);
    return new Finding(fault.id(), subject, reason, details);
  }

  /** For someone who is about to sign: no client has seen anything yet. */
  Finding withoutClients() {
    return Finding.of(fault.id(), subject, reason, remedy);
  }

  /** In one pass, so that no value is searched for placeholders. */
  private static String filled(String template, Map<String, String> values) {
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(m -> Matcher.quoteReplacement(Objects.requireNonNull(values.get(m.group(1)))));
  }
}
