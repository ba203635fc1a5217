import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Sums up all surefire and failsafe reports below the current directory; the last line is {@code N
 * passed, N failed, N skipped}. Fails if a test failed, if none ran, or if one was skipped that
 * should have run: the sample repository may be absent, a store may name a limitation, and nothing
 * else is an excuse.
 */
final class TestReport {
  private static final String SAMPLES = "realrepo";
  private static final String LIMITATION = "limitation:";

  private record Test(String name, Outcome outcome, String reason) {}

  private enum Outcome {
    PASSED,
    FAILED,
    SKIPPED
  }

  private static final class Suite {
    private int passed;
    private int failed;
    private int skipped;
    private double seconds;
  }

  private final Map<String, Suite> suites = new TreeMap<>();
  private final List<Test> failed = new ArrayList<>();
  private final Map<String, List<Test>> skipped = new TreeMap<>();

  public static void main(String[] arguments) throws IOException, XMLStreamException {
    boolean integration = !Arrays.asList(arguments).contains("--without-integration");
    TestReport report = new TestReport();
    for (Path file : reports()) {
      report.read(file);
    }
    System.exit(report.print(integration) ? 0 : 1);
  }

  private static List<Path> reports() throws IOException {
    try (Stream<Path> files = Files.find(Path.of(""), 5, (p, a) -> isReport(p))) {
      return files.sorted().toList();
    }
  }

  private static boolean isReport(Path file) {
    Path folder = file.getParent();
    return folder != null
        && folder.getFileName().toString().matches("(surefire|failsafe)-reports")
        && file.getFileName().toString().matches("TEST-.*\\.xml");
  }

  private void read(Path file) throws IOException, XMLStreamException {
    String module = file.getName(0).toString();
    boolean integration = file.getParent().getFileName().toString().startsWith("failsafe");
    Suite suite = suites.computeIfAbsent(module + (integration ? " (integration)" : ""), k -> new Suite());
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    try (InputStream in = Files.newInputStream(file)) {
      XMLStreamReader xml = factory.createXMLStreamReader(in);
      while (xml.hasNext()) {
        if (xml.next() == XMLStreamConstants.START_ELEMENT && xml.getLocalName().equals("testcase")) {
          suite.seconds += seconds(xml.getAttributeValue(null, "time"));
          add(suite, testCase(xml));
        }
      }
    }
  }

  private static double seconds(String time) {
    return time == null ? 0 : Double.parseDouble(time.replace(",", ""));
  }

  private static Test testCase(XMLStreamReader xml) throws XMLStreamException {
    String name = xml.getAttributeValue(null, "classname") + "." + xml.getAttributeValue(null, "name");
    Test result = new Test(name, Outcome.PASSED, "");
    for (int depth = 1; depth > 0; ) {
      int event = xml.next();
      if (event == XMLStreamConstants.END_ELEMENT) {
        depth--;
      } else if (event == XMLStreamConstants.START_ELEMENT) {
        depth++;
        String message = xml.getAttributeValue(null, "message");
        switch (xml.getLocalName()) {
          case "failure", "error" -> result = new Test(name, Outcome.FAILED, firstLine(message));
          case "skipped" -> result = new Test(name, Outcome.SKIPPED, firstLine(message));
          default -> {}
        }
      } else if (event == XMLStreamConstants.CHARACTERS
          && depth == 2
          && result.outcome() != Outcome.PASSED
          && result.reason().isEmpty()) {
        result = new Test(name, result.outcome(), firstLine(xml.getText()));
      }
    }
    return result;
  }

  /** What people read of a message or a stack trace: its first line, without the exception's class. */
  private static String firstLine(String text) {
    String line = text == null ? "" : text.strip().lines().findFirst().orElse("");
    return line.replaceFirst("^org\\.opentest4j\\.[A-Za-z]+: ", "");
  }

  private void add(Suite suite, Test test) {
    switch (test.outcome()) {
      case PASSED -> suite.passed++;
      case FAILED -> {
        suite.failed++;
        failed.add(test);
      }
      case SKIPPED -> {
        suite.skipped++;
        skipped.computeIfAbsent(test.reason(), k -> new ArrayList<>()).add(test);
      }
    }
  }

  private boolean print(boolean integrationExpected) {
    suites.forEach(
        (name, s) ->
            System.out.printf(
                Locale.ROOT,
                "  -> %-26s %6d passed, %d failed, %d skipped in %.1f s%n",
                name,
                s.passed,
                s.failed,
                s.skipped,
                s.seconds));
    failed.forEach(t -> System.out.println("error: " + t.name() + ": " + t.reason()));
    boolean needed = printSkipped();
    boolean complete = !integrationExpected || suites.keySet().stream().anyMatch(n -> n.endsWith("(integration)"));
    if (!complete) {
      System.out.println("error: no test against real programs ran");
    }
    int passed = suites.values().stream().mapToInt(s -> s.passed).sum();
    int skips = suites.values().stream().mapToInt(s -> s.skipped).sum();
    if (passed == 0) {
      System.out.println("error: no test passed");
    }
    System.out.printf("%d passed, %d failed, %d skipped%n", passed, failed.size(), skips);
    return passed > 0 && failed.isEmpty() && complete && !needed;
  }

  /** Whether a test was skipped that should have run. */
  private boolean printSkipped() {
    boolean needed = false;
    for (Map.Entry<String, List<Test>> entry : skipped.entrySet()) {
      boolean allowed = isAllowed(entry.getKey());
      needed |= !allowed;
      System.out.printf(
          "%s: %d skipped: %s%n",
          allowed ? "note" : "error",
          entry.getValue().size(),
          entry.getKey().isEmpty() ? "no reason given" : entry.getKey());
      if (!allowed) {
        entry.getValue().forEach(t -> System.out.println("    " + t.name()));
      }
    }
    return needed;
  }

  private static boolean isAllowed(String reason) {
    boolean samplesHere =
        Files.isDirectory(Path.of("../shared", SAMPLES)) || System.getenv("QREPO_REALREPO") != null;
    boolean needsSamples = reason.toLowerCase(Locale.ROOT).contains(SAMPLES);
    return reason.contains(LIMITATION) || (needsSamples && !samplesHere);
  }
}
