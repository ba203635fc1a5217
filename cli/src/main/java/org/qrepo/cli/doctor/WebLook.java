package org.qrepo.cli.doctor;

import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.publish.Part;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.Verifier;
import org.qrepo.store.http.HttpProbe;

/** Looks at what the web server answers to clients, header by header. */
final class WebLook {
  private static final int MOST_REDIRECTS = 10;
  private static final Pattern GENERATION = Pattern.compile(".*/generations/[0-9a-f]{16}/[^/]+");

  private final HttpProbe probe;
  private final RepositoryName name;
  private final boolean redirectWanted;
  private final List<Result> results = new ArrayList<>();

  /**
   * @param redirectWanted whether the configuration says that the server redirects
   */
  WebLook(HttpProbe probe, RepositoryName name, boolean redirectWanted) {
    this.probe = probe;
    this.name = name;
    this.redirectWanted = redirectWanted;
  }

  /**
   * Looks at all that clients ask for.
   *
   * @param database what is published; empty: only what needs no package is looked at
   */
  List<Result> results(Optional<Database> database) {
    String file = Part.DATABASE.fileName(name);
    try {
      database(file);
      signature(file + ".sig");
      Optional<DatabaseEntry> sample = database.flatMap(WebLook::sample);
      if (sample.isPresent()) {
        packageFile(sample.get());
      }
      missing();
      listing();
    } catch (IOException e) {
      results.add(
          Result.error(
              "web-unreachable", file, "the web server cannot be asked", "" + e.getMessage()));
    }
    return List.copyOf(results);
  }

  /** A package whose name is hard for web servers, if there is one. */
  private static Optional<DatabaseEntry> sample(Database database) {
    return database.entries().stream()
        .min(Comparator.comparing((DatabaseEntry e) -> !e.fileName().matches(".*[:+].*")));
  }

  private void add(String subject, List<Result> found, String otherwise) {
    results.addAll(Result.orOk(found, Result.ok("web", subject, otherwise)));
  }

  private void database(String file) throws IOException {
    Instant asked = Instant.now();
    HttpProbe.Answer first = probe.ask(file, Map.of());
    first
        .header("Date")
        .flatMap(AnswerRules::date)
        .ifPresent(d -> results.add(ClockLook.compare("the web server", d, asked)));
    List<Result> found = new ArrayList<>();
    HttpProbe.Answer last = follow(file, first, found);
    boolean redirected = first.next().isPresent();
    boolean pinned = redirected && GENERATION.matcher(last.url().getPath()).matches();
    if (redirectWanted && !pinned) {
      found.add(notRedirected(file));
    }
    found.addAll(AnswerRules.bytes(file, last));
    if (last.status() == 200) {
      found.addAll(pinned ? AnswerRules.kept(file, last) : AnswerRules.askedAgain(file, last));
      found.addAll(AnswerRules.dated(file, last));
      found.addAll(conditional(file, last));
    }
    if (redirected) {
      found.addAll(redirectedSignature(file, last));
    }
    add(file, found, pinned ? "redirects to " + last.url() : "is answered itself");
  }

  private static Result notRedirected(String file) {
    return Result.warning(
        "web-no-redirect",
        file,
        "the configuration says that the server redirects, and it does not",
        "A client between its two requests may get a signature that does not match.",
        "qrepo client server nginx|apache prints what the server needs.");
  }

  private HttpProbe.Answer follow(String file, HttpProbe.Answer first, List<Result> found)
      throws IOException {
    HttpProbe.Answer answer = first;
    for (int i = 0; answer.next().isPresent(); i++) {
      if (i == MOST_REDIRECTS) {
        throw new IOException(file + ": more than " + MOST_REDIRECTS + " redirects");
      }
      found.addAll(redirect(file, answer));
      answer = probe.ask(answer.next().get(), Map.of());
    }
    return answer;
  }

  private static List<Result> redirect(String file, HttpProbe.Answer answer) {
    if (answer.status() == 301 || answer.status() == 308) {
      return List.of(
          Result.warning(
              "web-redirect-forever",
              file,
              "the redirect says that it holds forever (" + answer.status() + ")",
              "Caches remember where it led. Answer 302."));
    }
    return CacheRule.of(answer).seconds().orElse(0L) > 0
        ? AnswerRules.askedAgain(file, answer)
        : List.of();
  }

  /** pacman asks for the signature beside the place that it was led to. */
  private List<Result> redirectedSignature(String file, HttpProbe.Answer last) throws IOException {
    String path = String.valueOf(last.url().getPath());
    if (!path.substring(path.lastIndexOf('/') + 1).contains(".db")
        || last.url().getQuery() != null) {
      return List.of(
          Result.warning(
              "web-redirect-name",
              file,
              "leads to " + last.url() + ", from which clients cannot derive the signature's place",
              "Redirect to a place whose name is " + file + ", without a query."));
    }
    HttpProbe.Answer signature = probe.ask(URI.create(last.url() + ".sig"), Map.of());
    return AnswerRules.bytes(file + ".sig after the redirect", signature);
  }

  private List<Result> conditional(String file, HttpProbe.Answer last) throws IOException {
    Optional<String> modified = last.header("Last-Modified");
    if (modified.isEmpty()) {
      return List.of();
    }
    HttpProbe.Answer again = probe.ask(last.url(), Map.of("If-Modified-Since", modified.get()));
    return again.status() == 304
        ? List.of()
        : List.of(
            Result.warning(
                "web-unconditional",
                file,
                "the server sends it again to who has it (" + again.status() + ", not 304)",
                "Clients fetch the database every time."));
  }

  private void signature(String file) throws IOException {
    HttpProbe.Answer answer = probe.ask(file, Map.of());
    List<Result> found = new ArrayList<>(AnswerRules.bytes(file, answer));
    if (answer.status() == 200) {
      found.addAll(AnswerRules.askedAgain(file, answer));
      if (answer.beginning().length() > Verifier.MAX_SIGNATURE) {
        found.add(Result.error("web-signature-long", file, "is longer than pacman reads (16 KiB)"));
      }
    }
    add(file, found, "is answered at the top, for clients that follow no redirect");
  }

  private void packageFile(DatabaseEntry entry) throws IOException {
    String file = entry.fileName();
    HttpProbe.Answer answer = probe.ask(file, Map.of());
    List<Result> found = new ArrayList<>(AnswerRules.bytes(file, answer));
    if (answer.status() == 200) {
      found.addAll(AnswerRules.kept(file, answer));
      String length = answer.header("Content-Length").orElse("");
      if (!length.isEmpty() && !length.equals(Long.toString(entry.compressedSize()))) {
        found.add(
            Result.error(
                "web-package-size",
                file,
                "the server has " + length + " bytes, the database says " + entry.compressedSize(),
                "pacman would say: Maximum file size exceeded, or: invalid or corrupted package"));
      }
    }
    add(file, found, "is answered as it is, and may be kept");
    HttpProbe.Answer signature = probe.ask(file + ".sig", Map.of());
    List<Result> beside = new ArrayList<>(AnswerRules.bytes(file + ".sig", signature));
    if (signature.status() == 200) {
      beside.addAll(AnswerRules.askedAgain(file + ".sig", signature));
    }
    add(file + ".sig", beside, "is answered, and asked for again");
  }

  private void missing() throws IOException {
    String file = "no-such-file-%08x.db.sig".formatted(new SecureRandom().nextInt());
    HttpProbe.Answer answer = probe.ask(file, Map.of());
    List<Result> found = new ArrayList<>();
    if (answer.next().isPresent() || answer.status() == 200) {
      found.add(
          Result.error(
              "web-missing-found",
              "a file that is not there",
              "the server answers "
                  + answer.status()
                  + (AnswerRules.isPage(answer) ? " with a web page" : ""),
              "Clients take the answer for a database or signature. Let it answer 404."));
    } else if (answer.status() != 404 && answer.status() != 410) {
      found.add(
          Result.warning(
              "web-missing-status",
              "a file that is not there",
              "the server answers " + answer.status() + ", not 404"));
    }
    add("a file that is not there", found, "is answered with " + answer.status());
  }

  private void listing() throws IOException {
    HttpProbe.Answer answer = probe.ask("", Map.of());
    if (answer.status() != 200 || !AnswerRules.isPage(answer)) {
      return;
    }
    String page = answer.beginning();
    String database = Part.DATABASE.fileName(name);
    List<Result> found = new ArrayList<>();
    if (page.contains(database + "\"") && !page.contains(database + ".sig")) {
      found.add(
          Result.warning(
              "web-listing-signatures",
              "the list of files",
              "leaves signatures out",
              "Tools that mirror a repository by its list miss them."));
    }
    if (page.contains(".qrepo")) {
      found.add(
          Result.warning(
              "web-listing-hidden",
              "the list of files",
              "shows hidden files: locks and unfinished writes",
              "Do not serve names that begin with a dot."));
    }
    add("the list of files", found, "shows files and signatures");
  }
}
