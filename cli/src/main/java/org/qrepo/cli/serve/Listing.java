package org.qrepo.cli.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.qrepo.cli.console.Figures;

/** A directory as a page that people can read. */
final class Listing {
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>%1$s</title>
      <style>
      body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
      td { padding: 0 1.5rem 0 0 } td + td { color: GrayText; white-space: nowrap }
      :root { color-scheme: light dark }
      </style>
      </head>
      <body>
      <h1>%1$s</h1>
      <table>
      """;

  private Listing() {}

  /**
   * @param path of the URL, with a slash at its end
   * @param shown which files may be seen
   */
  static String page(Path directory, String path, Predicate<Path> shown) throws IOException {
    StringBuilder page = new StringBuilder(HEAD.formatted(escaped(path)));
    if (!path.equals("/")) {
      page.append("<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
    }
    for (Path file : files(directory, shown)) {
      page.append(row(file));
    }
    return page.append("</table>\n</body>\n</html>\n").toString();
  }

  private static List<Path> files(Path directory, Predicate<Path> shown) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(shown).sorted().toList();
    }
  }

  private static String row(Path file) throws IOException {
    boolean directory = Files.isDirectory(file);
    String name = file.getFileName() + (directory ? "/" : "");
    String size = directory ? "" : Figures.bytes(Files.size(file));
    Instant modified = Files.getLastModifiedTime(file).toInstant();
    return "<tr><td><a href=\"./%s\">%s</a></td><td>%s</td><td>%s</td></tr>\n"
        .formatted(
            escaped(Urls.encode(name)), escaped(name), size, modified.toString().substring(0, 16));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
