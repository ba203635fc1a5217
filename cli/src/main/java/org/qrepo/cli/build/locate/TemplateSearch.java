package org.qrepo.cli.build.locate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.qrepo.RefusedException;
import org.qrepo.cli.build.TreeFiles;
import org.qrepo.rpm.RpmHeader;
import org.qrepo.rpm.RpmHeaders;
import org.qrepo.rpm.RpmTag;
import org.qrepo.rpm.RpmVersion;
import org.qrepo.rpm.TemplateLint;

/** Finds the newest template of each name, by the headers of the RPMs. */
final class TemplateSearch {
  private final TreeFiles files;
  private final Map<String, LocatedTemplate> newest = new TreeMap<>();
  private final List<LeftOut> leftOut = new ArrayList<>();

  TemplateSearch(TreeFiles files) {
    this.files = files;
  }

  void in(Path directory) throws IOException {
    Set<Object> seen = new HashSet<>();
    for (Path file : files.in(directory)) {
      String name = name(file);
      boolean candidate = name.endsWith(".rpm") && !name.endsWith(".src.rpm");
      if (candidate && files.isFile(file) && seen.add(TreeFiles.identity(file))) {
        read(file);
      }
    }
  }

  List<LocatedTemplate> newest() {
    return List.copyOf(newest.values());
  }

  List<LeftOut> leftOut() {
    return List.copyOf(leftOut);
  }

  private void read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      RpmHeader header = RpmHeaders.read(name(file), in, Files.size(file)).header();
      if (TemplateLint.applies(header)) {
        keep(file, header);
      } else {
        leftOut.add(
            new LeftOut(file, header.text(RpmTag.NAME).orElse("an RPM"), "it is no template"));
      }
    } catch (RefusedException e) {
      files.problems(file, e);
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private void keep(Path file, RpmHeader header) {
    String name = header.text(RpmTag.NAME).orElse("");
    LocatedTemplate found = new LocatedTemplate(file, name, RpmVersion.of(header));
    LocatedTemplate known = newest.get(name);
    if (known == null) {
      newest.put(name, found);
      return;
    }
    boolean newer = known.version().compareTo(found.version()) < 0;
    LocatedTemplate older = newer ? known : found;
    newest.put(name, newer ? found : known);
    String reason =
        known.version().equals(found.version())
            ? "another file has this version"
            : "older than " + newest.get(name).version();
    leftOut.add(new LeftOut(older.path(), older.toString(), reason));
  }
}
