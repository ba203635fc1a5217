package org.qrepo.store.dav;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.store.SourceException;
import org.qrepo.store.TargetException;
import org.qrepo.store.http.Authorization;
import org.qrepo.store.http.PatientBody;

/**
 * Requests to one server. Each says at once who asks, so that no server has to ask back after a
 * large body; each ends in bounded time; no redirect is followed, so that credentials go nowhere
 * else.
 */
final class Calls {
  private static final int MOST_DRAINED = 1 << 16;

  /**
   * What servers answer where others take away just then what they look at: Apache denies what went
   * between its look and its opening, nginx fails over a folder whose files come and go. Asked
   * again, they tell how it is.
   */
  private static final Map<String, Integer> DISTURBED =
      Map.of("HEAD", 403, "GET", 403, "DELETE", 403, "PROPFIND", 500);

  private static final int MOST_ASKED = 8;

  private final DavAddress address;
  private final DavSettings settings;
  private final HttpClient client;
  private @Nullable Known known;
  private volatile boolean closed;

  Calls(DavAddress address, DavSettings settings) {
    this.address = address;
    this.settings = settings;
    this.client = settings.web().client();
  }

  DavAddress address() {
    return address;
  }

  /** Every later call fails; the client's threads end with it. */
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /** A request without a body, and its answer without one. */
  Answer ask(String attempt, String method, URI uri, Map<String, String> headers)
      throws StoreException {
    HttpResponse<InputStream> response =
        send(attempt, method, uri, headers, BodyPublishers.noBody());
    return drained(response);
  }

  /** Fetches; the caller closes the body. */
  HttpResponse<InputStream> get(String attempt, URI uri, Map<String, String> headers)
      throws StoreException {
    return send(attempt, "GET", uri, headers, BodyPublishers.noBody());
  }

  /**
   * Asks with a small text what changes nothing; the caller closes the body of the answer. The
   * question is put again when the server ends the connection: one that was kept, just then, or, as
   * Apache does, over a folder whose files come and go.
   */
  HttpResponse<InputStream> query(
      String attempt, String method, URI uri, Map<String, String> headers, String text)
      throws StoreException {
    for (int i = 1; ; i++) {
      try {
        return send(attempt, method, uri, headers, BodyPublishers.ofString(text));
      } catch (StoreException e) {
        if (i == MOST_ASKED
            || e.kind() != Kind.TRANSIENT
            || e.getCause() instanceof HttpTimeoutException) {
          throw e;
        }
      }
    }
  }

  /** Sends a blob. */
  Answer put(String attempt, URI uri, Map<String, String> headers, Outgoing body)
      throws StoreException {
    requireOpen(attempt);
    try {
      HttpRequest request = request(attempt, "PUT", uri, headers, body.publisher()).build();
      return drained(await(client.sendAsync(request, info -> answerBody(uri)), body));
    } catch (SourceException e) {
      throw e.asStoreException();
    } catch (IOException e) {
      Optional<SourceException> own = body.failure();
      throw own.isPresent() ? own.get().asStoreException() : explain(attempt, e);
    }
  }

  /** What an answer that is no success means. */
  StoreException refused(String attempt, Answer answer) throws StoreException {
    return DavFailures.of(attempt, address, answer, authorization(attempt));
  }

  StoreException explain(String attempt, IOException e) {
    return DavFailures.of(attempt, address, e, settings.web());
  }

  static Answer answer(HttpResponse<InputStream> response) {
    return new Answer(response.uri(), response.statusCode(), response.headers());
  }

  private HttpResponse<InputStream> send(
      String attempt, String method, URI uri, Map<String, String> headers, BodyPublisher body)
      throws StoreException {
    requireOpen(attempt);
    HttpRequest request =
        request(attempt, method, uri, headers, body).timeout(settings.web().idleTimeout()).build();
    try {
      HttpResponse<InputStream> response = client.send(request, info -> answerBody(uri));
      for (int i = 1; i < MOST_ASKED && isDisturbed(method, response); i++) {
        drained(response);
        response = client.send(request, info -> answerBody(uri));
      }
      return response;
    } catch (IOException e) {
      throw explain(attempt, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw explain(attempt, new InterruptedIOException());
    }
  }

  private static boolean isDisturbed(String method, HttpResponse<InputStream> response) {
    return Integer.valueOf(response.statusCode()).equals(DISTURBED.get(method));
  }

  private HttpRequest.Builder request(
      String attempt, String method, URI uri, Map<String, String> headers, BodyPublisher body)
      throws StoreException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .setHeader("User-Agent", settings.web().userAgent())
            .method(method, body);
    headers.forEach(request::setHeader);
    authorization(attempt).ifPresent(a -> request.setHeader("Authorization", a.header()));
    return request;
  }

  private PatientBody answerBody(URI uri) {
    return new PatientBody(uri.toString(), settings.web().idleTimeout());
  }

  /** As long as bytes go out, the server is not silent. */
  private HttpResponse<InputStream> await(
      CompletableFuture<HttpResponse<InputStream>> answer, Outgoing body) throws IOException {
    long seen = -1;
    while (true) {
      try {
        return answer.get(settings.web().idleTimeout().toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (body.count() == seen) {
          answer.cancel(true);
          throw new HttpTimeoutException("silent");
        }
        seen = body.count();
      } catch (InterruptedException e) {
        answer.cancel(true);
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
      }
    }
  }

  /** What is left of a short body is read, so that the connection can be used again. */
  private static Answer drained(HttpResponse<InputStream> response) {
    try (InputStream body = response.body()) {
      body.readNBytes(MOST_DRAINED);
    } catch (IOException e) {
      // The answer is there already; the connection is made again.
      return answer(response);
    }
    return answer(response);
  }

  /** What was found when credentials were looked for. */
  private record Known(Optional<Authorization> authorization) {}

  private synchronized Optional<Authorization> authorization(String attempt) throws StoreException {
    if (known == null) {
      known = new Known(look(attempt));
    }
    return known.authorization();
  }

  private Optional<Authorization> look(String attempt) throws StoreException {
    Optional<Authorization> found;
    try {
      found = settings.credentials().of(address.host(), address.user());
    } catch (TargetException e) {
      throw new StoreException(
          Kind.DENIED, "cannot " + attempt + " (" + address + "): " + e.getMessage(), e);
    }
    if (found.isPresent() && !address.isPrivate()) {
      throw new StoreException(
          Kind.DENIED,
          "cannot "
              + attempt
              + " ("
              + address
              + "): a password or token goes only over https://, and those of "
              + found.get().source()
              + " were not sent");
    }
    return found;
  }

  private void requireOpen(String attempt) throws StoreException {
    if (closed) {
      throw new StoreException(Kind.PERMANENT, "cannot " + attempt + ": the store is closed");
    }
  }
}
