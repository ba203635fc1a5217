package org.qrepo.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;

/** The one pass over a package that tests everything it says of itself. */
final class RpmReader {
  private final Path path;
  private final RpmFile.Stamp stamp;
  private final InputStream in;
  private final RpmFile.Wish wish;

  RpmReader(Path path, RpmFile.Stamp stamp, InputStream in, RpmFile.Wish wish) {
    this.path = path;
    this.stamp = stamp;
    this.in = in;
    this.wish = wish;
  }

  RpmFile read() throws IOException, MalformedRpmException {
    Front front = Front.read(in, stamp.size());
    RpmHeaders headers = front.headers();
    RpmHeader header = headers.header();
    HashAlgorithm algorithm = payloadAlgorithm(header);
    MessageDigest payload = algorithm.newDigest();
    MessageDigest md5 = HashAlgorithm.MD5.newDigest();
    md5.update(header.raw());
    Optional<Digests> content = content(headers);
    Optional<Digests> whole = whole(front);

    List<PayloadPass.Sink> sinks = new ArrayList<>(List.of(payload::update));
    content.ifPresent(digests -> sinks.add(digests::update));
    whole.ifPresent(digests -> sinks.add(digests::update));
    new PayloadPass(md5::update, sinks).read(in);

    checkPayload(header, payload.digest(), algorithm);
    Optional<byte[]> stated = headers.signatures().data(RpmTag.Signature.CONTENT_MD5);
    if (stated.isPresent() && !Arrays.equals(stated.get(), md5.digest())) {
      throw Front.mismatch("header and payload", HashAlgorithm.MD5);
    }
    new PayloadSize(headers).check(() -> payloadFrom(headers.payloadOffset()));
    return new RpmFile(path, stamp, headers, content, whole);
  }

  private Optional<Digests> content(RpmHeaders headers) {
    Set<HashAlgorithm> wished = wish.content(headers.signatures());
    if (wished.isEmpty()) {
      return Optional.empty();
    }
    Digests digests = new Digests(wished);
    update(digests, headers.header().raw());
    return Optional.of(digests);
  }

  private Optional<Digests> whole(Front front) {
    if (!wish.whole()) {
      return Optional.empty();
    }
    Digests digests = new Digests();
    update(digests, front.lead());
    update(digests, front.headers().signatures().raw());
    update(digests, front.padding());
    update(digests, front.headers().header().raw());
    return Optional.of(digests);
  }

  private InputStream payloadFrom(long offset) throws IOException {
    InputStream payload = Files.newInputStream(path);
    try {
      payload.skipNBytes(offset);
      return payload;
    } catch (IOException e) {
      payload.close();
      throw e;
    }
  }

  private static void update(Digests digests, byte[] bytes) {
    digests.update(bytes, 0, bytes.length);
  }

  /** Numbered as in OpenPGP. */
  private static HashAlgorithm payloadAlgorithm(RpmHeader header) throws MalformedRpmException {
    long number = header.number(RpmTag.PAYLOAD_DIGEST_ALGORITHM).orElse(0);
    boolean single =
        header.count(RpmTag.PAYLOAD_DIGEST) == 1
            && header.count(RpmTag.PAYLOAD_DIGEST_ALGORITHM) == 1;
    if (!single || number < 8 || number > 10) {
      throw new MalformedRpmException(
          "rpm-payload-undigested",
          "the header has no digest of the payload: signing the header would not cover what is installed",
          "dom0's rpmcanon refuses such packages. Build it again with rpm 4.14 or newer.");
    }
    return number == 8
        ? HashAlgorithm.SHA256
        : number == 9 ? HashAlgorithm.SHA384 : HashAlgorithm.SHA512;
  }

  /** Reads the payload to its end and compares it with what the header says. */
  static void checkPayload(RpmHeader header, InputStream payload)
      throws IOException, MalformedRpmException {
    HashAlgorithm algorithm = payloadAlgorithm(header);
    byte[] digest = Digests.of(payload, Set.of(algorithm)).digestWith(algorithm, new byte[0]);
    checkPayload(header, digest, algorithm);
  }

  private static void checkPayload(RpmHeader header, byte[] actual, HashAlgorithm algorithm)
      throws MalformedRpmException {
    byte[] stated = header.data(RpmTag.PAYLOAD_DIGEST).orElse(new byte[0]);
    byte[] expected = (HexFormat.of().formatHex(actual) + "\0").getBytes(StandardCharsets.US_ASCII);
    if (!Arrays.equals(stated, expected)) {
      throw Front.mismatch("the payload", algorithm);
    }
  }
}
