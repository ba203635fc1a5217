package org.qrepo.repodata;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.qrepo.rpm.RpmHeader;
import org.qrepo.rpm.RpmTag;

/**
 * Something that was changed in a package.
 *
 * @param time in seconds since 1970
 */
record ChangelogEntry(String author, long time, String text) {
  /** More than the newest of them are not listed. */
  private static final int MOST = 10;

  /**
   * The newest, oldest first. Times have the resolution of a day there; readers sort by them, so
   * that those of the same day are moved apart by a second each.
   */
  static List<ChangelogEntry> of(RpmHeader header) {
    int count = Math.min(MOST, header.count(RpmTag.CHANGELOG_TIME));
    List<String> authors = header.texts(RpmTag.CHANGELOG_NAME);
    List<String> texts = header.texts(RpmTag.CHANGELOG_TEXT);
    List<ChangelogEntry> entries = new ArrayList<>();
    long before = -1;
    for (int i = 0; i < Math.min(count, Math.min(authors.size(), texts.size())); i++) {
      long time = header.number(RpmTag.CHANGELOG_TIME, i).orElse(0);
      if (time == before) {
        makeRoom(entries, time);
      }
      entries.add(new ChangelogEntry(authors.get(i), time, texts.get(i)));
      before = time;
    }
    Collections.reverse(entries);
    return entries;
  }

  /**
   * Moves those of this second up.
   *
   * @param entries newest first
   */
  private static void makeRoom(List<ChangelogEntry> entries, long second) {
    long taken = second;
    for (int i = entries.size() - 1; i >= 0 && entries.get(i).time() == taken; i--) {
      taken++;
      entries.set(i, new ChangelogEntry(entries.get(i).author(), taken, entries.get(i).text()));
    }
  }
}
