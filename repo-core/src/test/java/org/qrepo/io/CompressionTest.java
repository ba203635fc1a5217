package org.qrepo.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.io.CompressionException.Kind;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class CompressionTest {
  @ParameterizedTest
  @EnumSource
  void givesBackWhatItTook(Compression compression) throws IOException {
    for (int size : new int[] {0, 1, 511, 70_000, 3_000_000}) {
      byte[] content = sample(size);
      byte[] encoded = encode(compression, content);
      assertThat(decode(compression, encoded)).isEqualTo(content);
      assertThat(encode(compression, content)).isEqualTo(encoded);
    }
  }

  @ParameterizedTest
  @EnumSource
  void isKnownByItsFirstBytes(Compression compression) throws IOException {
    byte[] encoded = encode(compression, sample(1000));
    byte[] head = Arrays.copyOf(encoded, Compression.MAGIC_LENGTH);
    assertThat(Compression.detect(head)).isEqualTo(compression);
    assertThat(Compression.nameOfUnsupported(head)).isEmpty();
    assertThat(Compression.detect(new byte[0])).isEqualTo(Compression.NONE);
    assertThat(Compression.detect(Arrays.copyOf(encoded, 1))).isEqualTo(Compression.NONE);
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void readsAllMembers(Compression compression) throws IOException {
    byte[] first = encode(compression, sample(100_000));
    byte[] second = encode(compression, "second".getBytes(StandardCharsets.US_ASCII));
    byte[] empty = encode(compression, new byte[0]);
    byte[] all = concat(concat(first, empty), second);

    assertThat(decode(compression, all))
        .isEqualTo(concat(sample(100_000), "second".getBytes(StandardCharsets.US_ASCII)));
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void noticesEveryTruncation(Compression compression) throws IOException {
    byte[] member = encode(compression, sample(700));
    byte[] two = concat(member, encode(compression, sample(300)));
    for (int length = 1; length < two.length; length++) {
      byte[] cut = Arrays.copyOf(two, length);
      if (length == member.length) {
        assertThat(decode(compression, cut)).isEqualTo(sample(700));
        continue;
      }
      assertThatThrownBy(() -> decode(compression, cut))
          .as("%d of %d bytes", length, two.length)
          .isInstanceOfSatisfying(
              CompressionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TRUNCATED));
    }
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void noticesWhatFollowsTheEnd(Compression compression) throws IOException {
    byte[] member = encode(compression, sample(700));
    for (String tail : new String[] {"\n", "x", "abc", "garbage that is a little longer"}) {
      byte[] all = concat(member, tail.getBytes(StandardCharsets.US_ASCII));
      assertThatThrownBy(() -> decode(compression, all)).isInstanceOf(CompressionException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void failsInOneWayOnDamage(Compression compression) throws IOException {
    byte[] content = sample(5000);
    byte[] encoded = encode(compression, content);
    Random random = new Random(99);
    int noticed = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = encoded.clone();
      int bit = random.nextInt(damaged.length * Byte.SIZE);
      damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      try {
        assertThat(decode(compression, damaged)).as("bit %d", bit).isEqualTo(content);
      } catch (CompressionException e) {
        noticed++;
      }
    }
    assertThat(noticed).isGreaterThan(1900);
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void survivesRandomBytes(Compression compression) throws IOException {
    byte[] magic = encode(compression, new byte[0]);
    Random random = new Random(5);
    for (int i = 0; i < 2000; i++) {
      byte[] noise = new byte[random.nextInt(300) + 10];
      random.nextBytes(noise);
      System.arraycopy(magic, 0, noise, 0, Math.min(magic.length, 4 + random.nextInt(3)));
      assertThatThrownBy(() -> decode(compression, noise)).isInstanceOf(CompressionException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void passesOnFailuresOfTheSource(Compression compression) throws IOException {
    byte[] encoded = encode(compression, sample(400_000));
    IOException broken = new IOException("disk");
    InputStream source =
        new InputStream() {
          private int left = encoded.length / 2;

          @Override
          public int read() throws IOException {
            if (left == 0) {
              throw broken;
            }
            return encoded[encoded.length / 2 - left--] & 0xff;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            for (int i = 0; i < length; i++) {
              bytes[offset + i] = (byte) read();
            }
            return length;
          }
        };
    assertThatThrownBy(
            () -> {
              try (InputStream in = compression.decode(source)) {
                in.readAllBytes();
              }
            })
        .isSameAs(broken);
  }

  @Test
  void writesTheGzipHeaderOfGzipDashN() throws IOException {
    byte[] encoded = encode(Compression.GZIP, sample(10));
    assertThat(HexFormat.of().formatHex(encoded, 0, 10)).isEqualTo("1f8b0800000000000003");
  }

  @Test
  void readsGzipHeadersWithAllFields() throws IOException {
    byte[] plain = encode(Compression.GZIP, sample(100));
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 0x1f, 1, 2, 3, 4, 0, 3});
    header.writeBytes(new byte[] {3, 0, 'x', 'y', 'z'});
    header.writeBytes("name\0comment\0".getBytes(StandardCharsets.US_ASCII));
    CRC32 crc = new CRC32();
    crc.update(header.toByteArray());
    header.write((int) crc.getValue());
    header.write((int) crc.getValue() >>> 8);
    byte[] good = concat(header.toByteArray(), Arrays.copyOfRange(plain, 10, plain.length));
    byte[] bad = good.clone();
    bad[14] ^= 1;

    assertThat(decode(Compression.GZIP, good)).isEqualTo(sample(100));
    assertThatThrownBy(() -> decode(Compression.GZIP, bad)).hasMessageContaining("header");
  }

  /** A header may name a file of any length; reading it takes no memory. */
  @Test
  void skipsAnEndlessGzipName() {
    InputStream endless =
        new InputStream() {
          private final byte[] head = {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 3};
          private long position;

          @Override
          public int read() {
            int b = position < head.length ? head[(int) position] & 0xff : 'n';
            return position++ < 100_000_000 ? b : -1;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            int n = 0;
            for (int b = read(); b >= 0 && n < length - 1; b = read()) {
              bytes[offset + n++] = (byte) b;
            }
            return n == 0 ? -1 : n;
          }
        };
    assertThatThrownBy(() -> Compression.GZIP.decode(endless))
        .isInstanceOfSatisfying(
            CompressionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TRUNCATED));
  }

  @Test
  void readsSkippableZstdFrames() throws IOException {
    byte[] skippable = HexFormat.of().parseHex("502a4d180400000061626364");
    byte[] frame = encode(Compression.ZSTD, sample(2000));

    assertThat(Compression.detect(skippable)).isEqualTo(Compression.ZSTD);
    assertThat(decode(Compression.ZSTD, concat(skippable, frame))).isEqualTo(sample(2000));
    assertThat(decode(Compression.ZSTD, concat(frame, skippable))).isEqualTo(sample(2000));
    byte[] cut = Arrays.copyOf(concat(frame, skippable), frame.length + 10);
    assertThatThrownBy(() -> decode(Compression.ZSTD, cut))
        .isInstanceOf(CompressionException.class);
  }

  @ParameterizedTest
  @CsvSource({"27, true", "28, false", "31, false"})
  void readsTheZstdWindowsThatClientsRead(int windowLog, boolean readable) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] header = HexFormat.of().parseHex("28b52ffd00");
    out.writeBytes(header);
    out.write((windowLog - 10) << 3);
    out.writeBytes(HexFormat.of().parseHex("090000" + "78"));
    if (readable) {
      assertThat(decode(Compression.ZSTD, out.toByteArray())).containsExactly('x');
    } else {
      assertThatThrownBy(() -> decode(Compression.ZSTD, out.toByteArray()))
          .hasMessageContaining("128 MiB")
          .isInstanceOfSatisfying(
              CompressionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE));
    }
  }

  /** What {@code --ultra -20} and higher levels write for large files. */
  @Test
  void readsLongMatchesOfZstd() throws IOException {
    byte[] random = new byte[9 << 20];
    new Random(1).nextBytes(random);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream zstd = new ZstdOutputStreamNoFinalizer(out, 1).setLong(27)) {
      for (int i = 0; i < 3; i++) {
        zstd.write(random);
      }
    }
    assertThat(out.size()).isLessThan(random.length * 2);
    Digests expected = new Digests();
    for (int i = 0; i < 3; i++) {
      expected.update(random, 0, random.length);
    }
    try (InputStream in = Compression.ZSTD.decode(new ByteArrayInputStream(out.toByteArray()))) {
      assertThat(Digests.of(in, java.util.Set.of()).sha256()).isEqualTo(expected.sha256());
    }
  }

  @Test
  void boundsTheMemoryOfXz() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LZMA2Options declared = new LZMA2Options(0);
    declared.setDictSize(1 << 16);
    try (OutputStream xz = new XZOutputStream(out, declared)) {
      xz.write(sample(100));
    }
    byte[] encoded = out.toByteArray();
    // The block header, byte 12: its size, flags, filter 0x21, one property: the dictionary, CRC.
    assertThat(encoded[14]).isEqualTo((byte) 0x21);
    encoded[16] = 34;
    CRC32 crc = new CRC32();
    int headerLength = (encoded[12] + 1) * 4;
    crc.update(encoded, 12, headerLength - 4);
    for (int i = 0; i < 4; i++) {
      encoded[12 + headerLength - 4 + i] = (byte) (crc.getValue() >>> (8 * i));
    }
    assertThatThrownBy(() -> decode(Compression.XZ, encoded))
        .hasMessageContaining("MiB")
        .isInstanceOfSatisfying(
            CompressionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"xz -c -z -", "gzip -c -f -n", "bzip2 -c -f", "zstd -c -z -q -", "lz4 -q"})
  void readsWhatTheProgramsWrite(String command) throws Exception {
    byte[] content = sample(3_000_000);
    byte[] encoded = pipe(content, command);
    assertThat(decode(Compression.detect(Arrays.copyOf(encoded, 16)), encoded)).isEqualTo(content);
  }

  @ParameterizedTest
  @CsvSource({"XZ, xz -dc", "GZIP, gzip -dc", "BZIP2, bzip2 -dc", "ZSTD, zstd -dc", "LZ4, lz4 -dc"})
  void writesWhatTheProgramsRead(Compression compression, String command) throws Exception {
    byte[] content = sample(3_000_000);
    assertThat(pipe(encode(compression, content), command)).isEqualTo(content);
  }

  @ParameterizedTest
  @CsvSource({
    "894c5a4f000d0a1a0a1040, lzop", "4c525a490006, lrzip", "4c5a495001, lzip", "1f9d90, compress",
    "377abcaf271c0004, 7z", "504b0304140000, zip", "526172211a0700, rar", "5d00008000, lzma",
    "02214c18, lz4", "213c617263683e0a, ar", "edabeedb0300, rpm", "3c21444f43545950452068, HTML"
  })
  void namesWhatItDoesNotRead(String head, String name) {
    byte[] bytes = HexFormat.of().parseHex(head);
    assertThat(Compression.detect(bytes)).isEqualTo(Compression.NONE);
    assertThat(Compression.nameOfUnsupported(bytes)).get().asString().startsWith(name);
  }

  private static byte[] pipe(byte[] input, String command) throws Exception {
    String program = command.substring(0, command.indexOf(' '));
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(p -> java.nio.file.Files.isExecutable(java.nio.file.Path.of(p, program)));
    boolean required = "1".equals(System.getenv("QREPO_REQUIRE_TOOLS"));
    org.junit.jupiter.api.Assumptions.assumeTrue(installed || required, "needs " + program);
    Process process =
        new ProcessBuilder(command.split(" ", -1))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Thread feeder =
        new Thread(
            () -> {
              try (OutputStream out = process.getOutputStream()) {
                out.write(input);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    feeder.start();
    byte[] output = process.getInputStream().readAllBytes();
    feeder.join();
    assertThat(process.waitFor()).isZero();
    return output;
  }

  private static byte[] encode(Compression compression, byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream encoder = compression.encode(out)) {
      encoder.write(content);
    }
    return out.toByteArray();
  }

  private static byte[] decode(Compression compression, byte[] encoded) throws IOException {
    try (InputStream in = compression.decode(new ByteArrayInputStream(encoded))) {
      return in.readAllBytes();
    }
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** Half of it repeats, half is noise. */
  private static byte[] sample(int size) {
    byte[] bytes = new byte[size];
    new Random(42).nextBytes(bytes);
    for (int i = 0; i < size; i++) {
      bytes[i] = i / 100 % 2 == 0 ? (byte) 'a' : bytes[i];
    }
    return bytes;
  }
}
