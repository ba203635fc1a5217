import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;

/**
 * Makes packages for the benchmark: {@code java Packages.java large|tiny COUNT FOLDER
 * [FIRST]}. The same numbers, counted from FIRST (or 0), give the same packages. Sizes are log-normal as in the databases of a large distribution:
 * {@code large} ones have a median of about 100 kB and a tail of tens of MB, contents that compress to
 * about a third, and zstd compression by the {@code zstd} program; {@code tiny} ones hold one small
 * file each, in gzip.
 */
final class Packages {
  private static final long SEED = 0x71726570_6f2d3031L;
  private static final double MEDIAN_BYTES = 100_000;
  private static final double SIGMA = 2.0;
  private static final double LARGEST_BYTES = 40_000_000;
  private static final double EXPANSION = 3.3;
  private static final double RANDOM_SHARE = 0.24;
  private static final double BYTES_PER_FILE = 24_000;
  private static final long TIME = 1_700_000_000L;
  private static final byte[] WORDS = words();

  private final SplittableRandom random;
  private final String name;
  private final String version;
  private final boolean large;

  private Packages(int index, boolean large) {
    random = new SplittableRandom(SEED + index);
    name = String.format("bench-%05d", index);
    version = 1 + random.nextInt(9) + "." + random.nextInt(30) + "-" + (1 + random.nextInt(5));
    this.large = large;
  }

  public static void main(String[] arguments) throws Exception {
    boolean large = arguments[0].equals("large");
    int count = Integer.parseInt(arguments[1]);
    Path folder = Files.createDirectories(Path.of(arguments[2]));
    ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    List<Future<Path>> made = new ArrayList<>();
    int first = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 0;
    for (int i = first; i < first + count; i++) {
      Packages one = new Packages(i, large);
      made.add(workers.submit(() -> one.write(folder)));
    }
    try {
      for (Future<Path> each : made) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("cannot make the packages", e.getCause());
    } finally {
      workers.shutdownNow();
    }
  }

  private Path write(Path folder) throws IOException, InterruptedException {
    String extension = large ? "zst" : "gz";
    Path file = folder.resolve(name + "-" + version + "-x86_64.pkg.tar." + extension);
    if (!large) {
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
        archive(out, new long[] {200});
      }
      return file;
    }
    Process zstd =
        new ProcessBuilder("zstd", "-q", "-3", "--single-thread", "-f", "-o", file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (OutputStream out = new BufferedOutputStream(zstd.getOutputStream(), 1 << 16)) {
      archive(out, fileSizes());
    }
    if (zstd.waitFor() != 0) {
      throw new IOException("zstd failed on " + file);
    }
    return file;
  }

  /** The sizes of the files of a package, whose sum is its log-normal size. */
  private long[] fileSizes() {
    double size = MEDIAN_BYTES * Math.exp(SIGMA * gaussian());
    long expanded = (long) (Math.min(size, LARGEST_BYTES) * EXPANSION);
    int count = (int) Math.max(1, expanded / BYTES_PER_FILE * Math.exp(gaussian() / 2));
    double[] weights = new double[Math.min(count, 4000)];
    Arrays.setAll(weights, i -> Math.exp(gaussian()));
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).mapToLong(w -> (long) (w / sum * expanded)).toArray();
  }

  private double gaussian() {
    double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
    return radius * Math.cos(2 * Math.PI * random.nextDouble());
  }

  private void archive(OutputStream out, long[] sizes) throws IOException {
    member(out, ".BUILDINFO", bytes("format = 2\npkgname = " + name + "\n"));
    member(out, ".MTREE", manifest(sizes));
    member(out, ".PKGINFO", information(Arrays.stream(sizes).sum()));
    folder(out, "usr/");
    folder(out, "usr/share/");
    folder(out, "usr/share/" + name + "/");
    for (int i = 0; i < sizes.length; i++) {
      if (i % 50 == 0) {
        folder(out, "usr/share/" + name + "/" + i / 50 + "/");
      }
      header(out, path(i), sizes[i], '0');
      contents(out, sizes[i]);
      pad(out, sizes[i]);
    }
    out.write(new byte[1024]);
  }

  private String path(int i) {
    return "usr/share/" + name + "/" + i / 50 + "/file-" + i + ".dat";
  }

  private byte[] information(long size) {
    StringBuilder text = new StringBuilder("# Generated for the benchmark\n");
    text.append("pkgname = ").append(name).append('\n');
    text.append("pkgbase = ").append(name).append('\n');
    text.append("xdata = pkgtype=pkg\n");
    text.append("pkgver = ").append(version).append('\n');
    text.append("pkgdesc = Package number ").append(name).append(" of the benchmark\n");
    text.append("url = https://example.org/").append(name).append('\n');
    text.append("builddate = ").append(TIME).append('\n');
    text.append("packager = Bench <bench@example.org>\n");
    text.append("size = ").append(size).append('\n');
    text.append("arch = x86_64\nlicense = GPL-3.0-or-later\n");
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append("depend = library-").append(random.nextInt(2000)).append(">=1.0\n");
    }
    return bytes(text.toString());
  }

  private byte[] manifest(long[] sizes) throws IOException {
    StringBuilder text = new StringBuilder("#mtree\n/set type=file uid=0 gid=0 mode=644\n");
    for (int i = 0; i < sizes.length; i++) {
      text.append("./").append(path(i)).append(" time=").append(TIME).append(".0 size=");
      text.append(sizes[i]).append('\n');
    }
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes(text.toString()));
    }
    return packed.toByteArray();
  }

  /** Blocks of noise, which do not compress, among blocks of words, which do. */
  private void contents(OutputStream out, long size) throws IOException {
    byte[] block = new byte[4096];
    for (long left = size; left > 0; left -= block.length) {
      if (random.nextDouble() < RANDOM_SHARE) {
        random.nextBytes(block);
      } else {
        System.arraycopy(WORDS, random.nextInt(WORDS.length - block.length), block, 0, block.length);
      }
      out.write(block, 0, (int) Math.min(left, block.length));
    }
  }

  private static byte[] words() {
    SplittableRandom random = new SplittableRandom(SEED);
    String[] vocabulary = new String[500];
    Arrays.setAll(vocabulary, i -> word(random));
    StringBuilder text = new StringBuilder();
    while (text.length() < 1 << 19) {
      int rank = (int) (vocabulary.length * Math.pow(random.nextDouble(), 3));
      text.append(vocabulary[rank]).append(' ');
    }
    return bytes(text.toString());
  }

  private static String word(SplittableRandom random) {
    StringBuilder word = new StringBuilder();
    for (int i = 2 + random.nextInt(9); i > 0; i--) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }

  private static void member(OutputStream out, String path, byte[] data) throws IOException {
    header(out, path, data.length, '0');
    out.write(data);
    pad(out, data.length);
  }

  private static void folder(OutputStream out, String path) throws IOException {
    header(out, path, 0, '5');
  }

  /** A ustar header; all paths here are short. */
  private static void header(OutputStream out, String path, long size, char type)
      throws IOException {
    byte[] header = new byte[512];
    put(header, 0, path);
    put(header, 100, type == '5' ? "0000755" : "0000644");
    put(header, 108, "0000000");
    put(header, 116, "0000000");
    put(header, 124, String.format("%011o", size));
    put(header, 136, String.format("%011o", TIME));
    put(header, 148, "        ");
    header[156] = (byte) type;
    put(header, 257, "ustar\0" + "00");
    put(header, 265, "root");
    put(header, 297, "root");
    int sum = 0;
    for (byte each : header) {
      sum += each & 0xff;
    }
    put(header, 148, String.format("%06o\0 ", sum));
    out.write(header);
  }

  private static void put(byte[] header, int offset, String text) {
    byte[] data = bytes(text);
    System.arraycopy(data, 0, header, offset, data.length);
  }

  private static void pad(OutputStream out, long size) throws IOException {
    out.write(new byte[(int) ((512 - size % 512) % 512)]);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
