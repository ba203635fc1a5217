package org.qrepo.cli.source;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.qrepo.sign.git.CommitObject;
import org.qrepo.sign.git.ObjectException;
import org.qrepo.sign.git.ObjectHash;
import org.qrepo.sign.git.ObjectId;
import org.qrepo.sign.git.ObjectType;
import org.qrepo.sign.git.TagObject;
import org.qrepo.sign.git.TreeObject;
import org.qrepo.sign.program.ProcessTree;

/**
 * The objects of a repository. git finds and unpacks them; that each has the id it was asked for by
 * is computed here, so that neither a damaged nor a tampered store is believed.
 */
final class ObjectStore implements AutoCloseable {
  /** The largest commit, tag or directory that is read, in bytes. */
  static final int MOST = 4 << 20;

  private static final int LONGEST_HEADER = 200;

  private final Process process;
  private final InputStream from;
  private final OutputStream to;

  /**
   * Starts {@code git cat-file --batch}: a line with an id asks, {@code ID SP TYPE SP SIZE LF
   * CONTENT LF} answers, or {@code ID SP missing LF}.
   */
  ObjectStore(ProcessBuilder builder) throws IOException {
    this.process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    this.from = new BufferedInputStream(process.getInputStream(), 1 << 16);
    this.to = process.getOutputStream();
  }

  /** What an object is before its content is read. */
  private record Head(ObjectType type, long size) {}

  CommitObject commit(ObjectId id) throws IOException {
    byte[] bytes = read(id, ObjectType.COMMIT);
    try {
      return CommitObject.parse(id.format(), bytes);
    } catch (ObjectException e) {
      throw SourceFindings.corrupt("commit " + id, e.reason());
    }
  }

  TreeObject tree(ObjectId id) throws IOException {
    byte[] bytes = read(id, ObjectType.TREE);
    try {
      return TreeObject.parse(id.format(), bytes);
    } catch (ObjectException e) {
      throw SourceFindings.corrupt("directory " + id, e.reason());
    }
  }

  /**
   * An annotated tag.
   *
   * @return empty if it is something else, which a tag without annotation leads to
   */
  Optional<TagObject> tag(String name, ObjectId id) throws IOException {
    Head head = ask(id);
    byte[] bytes = content(id, head, head.type() == ObjectType.TAG ? MOST : 0);
    if (head.type() != ObjectType.TAG) {
      return Optional.empty();
    }
    try {
      return Optional.of(TagObject.parse(id.format(), bytes));
    } catch (ObjectException e) {
      throw SourceFindings.corrupt("tag " + name, e.reason());
    }
  }

  /**
   * A file of at most {@code most} bytes.
   *
   * @return empty if it is larger
   */
  Optional<byte[]> file(ObjectId id, int most) throws IOException {
    Head head = ask(id);
    require(id, head, ObjectType.BLOB);
    byte[] bytes = content(id, head, head.size() <= most ? most : 0);
    return head.size() <= most ? Optional.of(bytes) : Optional.empty();
  }

  /** Reads a file to its end and throws it away: it is there, and is what its id says. */
  void check(ObjectId id) throws IOException {
    Head head = ask(id);
    require(id, head, ObjectType.BLOB);
    content(id, head, 0);
  }

  private byte[] read(ObjectId id, ObjectType type) throws IOException {
    Head head = ask(id);
    require(id, head, type);
    if (head.size() > MOST) {
      throw SourceFindings.corrupt(
          type.word() + " " + id, "it has " + head.size() + " bytes, more than any honest one");
    }
    return content(id, head, MOST);
  }

  private static void require(ObjectId id, Head head, ObjectType type) {
    if (head.type() != type) {
      throw SourceFindings.corrupt(
          "object " + id, "it is a " + head.type().word() + ", not a " + type.word());
    }
  }

  private Head ask(ObjectId id) throws IOException {
    if (Thread.interrupted()) {
      throw new java.nio.channels.ClosedByInterruptException();
    }
    to.write((id.hex() + "\n").getBytes(StandardCharsets.US_ASCII));
    to.flush();
    String[] words = line().split(" ", -1);
    if (words.length != 3 || !words[0].equals(id.hex()) || !words[2].matches("[0-9]{1,18}")) {
      throw SourceFindings.corrupt("object " + id, "it is missing, or cannot be read");
    }
    ObjectType type =
        ObjectType.of(words[1])
            .orElseThrow(() -> SourceFindings.corrupt("object " + id, "it is of an unknown kind"));
    return new Head(type, Long.parseLong(words[2]));
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = from.read(); next != '\n'; next = from.read()) {
      if (next < 0 || line.size() > LONGEST_HEADER) {
        throw SourceFindings.corrupt("the git repository", "git cannot read it");
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.US_ASCII);
  }

  /**
   * Reads the content and compares its id.
   *
   * @param keep how many bytes of it may be kept; 0 for none
   */
  private byte[] content(ObjectId id, Head head, int keep) throws IOException {
    ObjectHash hash = ObjectHash.begin(id.format(), head.type(), head.size());
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 16];
    long left = head.size();
    while (left > 0) {
      int n = from.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw SourceFindings.corrupt("object " + id, "it breaks off");
      }
      hash.update(buffer, 0, n);
      kept.write(buffer, 0, Math.min(n, Math.max(0, keep - kept.size())));
      left -= n;
    }
    if (from.read() != '\n') {
      throw SourceFindings.corrupt("object " + id, "it is longer than it says");
    }
    if (!hash.finish().equals(id)) {
      throw SourceFindings.corrupt(
          "object " + id, "its content is not what its id says: the store was tampered with");
    }
    return kept.toByteArray();
  }

  @Override
  public void close() {
    ProcessTree.end(process);
  }
}
