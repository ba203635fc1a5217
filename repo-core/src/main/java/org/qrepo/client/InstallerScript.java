package org.qrepo.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.qrepo.alpm.PackageName;
import org.qrepo.publish.RepositoryName;

/**
 * A shell script that makes a client use a repository: it takes away drop-ins that lead nowhere or
 * repeat the section, makes pacman trust the key, writes the drop-in, sees to it that {@code
 * pacman.conf} includes it, and installs the keyring package if the repository has one. It can be
 * run again at any time.
 */
public final class InstallerScript {
  private static final String TEMPLATE =
      """
      #!/bin/sh
      # Makes pacman use the repository {{name}}. Run it as root; running it again does no harm.
      @TRUSTED@
      set -eu
      umask 022
      cd /
      name={{name}}
      drop_in={{path}}
      fingerprints={{fingerprints}}
      keyring={{keyring}}

      say() { printf '%s\\n' "$*" >&2; }

      fail() {
        say "error: $*"
        exit 1
      }

      # The sections of a file.
      sections() { sed -n 's/^[[:space:]]*\\[\\(.*\\)\\][[:space:]]*$/\\1/p' "$1"; }

      # How often pacman finds the repository.
      found() { pacman-conf --repo-list 2> /dev/null | grep -cxF "$name" || true; }

      # A link that leads nowhere stops pacman; a second section of one name is an error at each call.
      tidy() {
        for file in etc/pacman.d/*.conf; do
          if [ -L "$file" ] && [ ! -e "$file" ]; then
            say "removing /$file, a link that leads nowhere"
            rm -f "$file"
          elif [ -f "$file" ] && [ "$file" != "$drop_in" ] \\
            && [ "$(sections "$file" | sort -u)" = "$name" ]; then
            if [ -L "$file" ]; then
              say "removing the link /$file, which repeats [$name]"
              rm -f "$file"
            else
              say "putting /$file away as /$file.pacsave, because it repeats [$name]"
              mv -f "$file" "$file.pacsave"
            fi
          fi
        done
      }

      # Whatever else names the repository is not ours to change.
      refuse_others() {
        for file in etc/pacman.conf etc/pacman.d/*.conf; do
          if [ -f "$file" ] && [ "$file" != "$drop_in" ] \\
            && sections "$file" | grep -qxF "$name"; then
            fail "/$file has a section [$name]: remove it there, and run this again"
          fi
        done
      }

      # A pattern that nothing fits stops pacman, which the drop-in mends. Where it stops all the same,
      # pacman-key would not find its keys, and make others in the root.
      readable() {
        pacman-conf > /dev/null 2>&1 || write
        pacman-conf > /dev/null || fail 'pacman cannot read its configuration: mend it, and run this again'
      }

      # pacman's own key is made where there is none, as after each boot of a Qubes template.
      trust() {
        pacman-key --init
        certificate=$(mktemp)
        trap 'rm -f "$certificate"' EXIT
        cat > "$certificate" << 'END_OF_CERTIFICATE'
      @CERTIFICATE@END_OF_CERTIFICATE
        pacman-key --add "$certificate"
        for fingerprint in $fingerprints; do
          pacman-key --lsign-key "$fingerprint"
        done
      }

      write() {
        mkdir -p etc/pacman.d
        cat > "$drop_in.new" << 'END_OF_DROP_IN'
      @DROP_IN@END_OF_DROP_IN
        mv -f "$drop_in.new" "$drop_in"
      }

      # Templates of Qubes include all of /etc/pacman.d/*.conf; other systems do not.
      include() {
        cp -p etc/pacman.conf etc/pacman.conf.new
        awk -v line="Include = /$drop_in" -v first={{first}} '
          first && !done && /^[[:space:]]*\\[/ && !/^[[:space:]]*\\[options\\]/ { print line "\\n"; done = 1 }
          { print }
          END { if (!done) print "\\n" line }
        ' etc/pacman.conf > etc/pacman.conf.new
        mv -f etc/pacman.conf.new etc/pacman.conf
      }

      # Where all of /etc/pacman.d is read by now, the line for the drop-in alone reads it twice.
      include_once() {
        cp -p etc/pacman.conf etc/pacman.conf.new
        awk -v line="Include = /$drop_in" '$0 != line' etc/pacman.conf > etc/pacman.conf.new
        mv -f etc/pacman.conf.new etc/pacman.conf
      }

      @LEAVE@
      [ "$(id -u)" = 0 ] || fail 'run this as root'
      @LEAVING@tidy
      refuse_others
      readable
      trust
      write
      [ "$(found)" -lt 2 ] || include_once
      [ "$(found)" != 0 ] || include
      [ "$(found)" = 1 ] || fail "pacman does not read /$drop_in as it should: see pacman-conf"
      pacman -Sy
      if [ -n "$keyring" ] && pacman -Si "$name/$keyring" > /dev/null 2>&1; then
        pacman -S --needed --noconfirm "$name/$keyring"
      fi
      say "done: pacman uses [$name]"
      """;

  private static final String LEAVE =
      """
      # Puts a drop-in away: a link has nothing in it that would be lost.
      away() {
        if [ -L "$1" ]; then
          say "removing the link /$1, $2"
          rm -f "$1"
        else
          say "putting /$1 away as /$1.pacsave, $2"
          mv -f "$1" "$1.pacsave"
        fi
      }

      # What Qubes {{from}} left: its official repositories, and {{name}} as it was there.
      leave() {
        official=
        kept={{kept}}
        for file in etc/pacman.d/*.conf; do
          [ -f "$file" ] || continue
          [ "$file" != "$drop_in" ] || continue
          case $kept in *" ${file##*/} "*) continue ;; esac
          names=$(sections "$file" | sort -u)
          if [ -n "$names" ] && ! printf '%s\\n' "$names" | grep -qvxE {{official}}; then
            away "$file" {{officialReason}}
            official=yes
          elif [ "$names" = {{old}} ] && [ {{old}} != "$name" ]; then
            away "$file" {{ownReason}}
          fi
        done
        for file in @FILES@; do
          if [ -L "etc/pacman.d/$file" ]; then
            away "etc/pacman.d/$file" {{officialReason}}
            official=yes
          fi
        done
        enabled=etc/pacman.d/{{current}}
        if [ "$official" ] && [ -f "$enabled.disabled" ] && [ ! -e "$enabled" ] && [ ! -L "$enabled" ]; then
          say "enabling /$enabled, the official repository of Qubes {{to}}"
          ln -s "${enabled##*/}.disabled" "$enabled"
        fi
        if [ {{old}} != "$name" ] && sections etc/pacman.conf | grep -qxF {{old}}; then
          fail "/etc/pacman.conf has the section of the release before: remove it there, and run this again"
        fi
      }

      """;

  private final DropIn dropIn;
  private final List<ClientKey> keys;
  private final PackageName keyring;

  private InstallerScript(DropIn dropIn, List<ClientKey> keys, PackageName keyring) {
    this.dropIn = dropIn;
    this.keys = List.copyOf(keys);
    this.keyring = keyring;
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("an installer needs a key");
    }
  }

  /**
   * The script.
   *
   * @param keys the only ones that become trusted; at least one
   * @param keyring the package that keeps the keys up to date
   * @throws IllegalArgumentException if there is no key
   */
  public static String of(DropIn dropIn, List<ClientKey> keys, PackageName keyring) {
    return new InstallerScript(dropIn, keys, keyring)
        .text(TEMPLATE.replace("@LEAVE@\n", "").replace("@LEAVING@", ""), Map.of());
  }

  /**
   * The script for a client that comes from another release of Qubes: what that release left in
   * {@code /etc/pacman.d} is put away first, the official drop-ins of that release and those of
   * this repository as it was there, and the official repository is enabled as the new release has
   * it, if the old one was.
   *
   * @param from the release that the client had
   * @param to the release that it has now
   * @param old what the repository was called there; its present name if that did not change
   */
  public static String migrating(
      DropIn dropIn,
      List<ClientKey> keys,
      PackageName keyring,
      QubesRelease from,
      QubesRelease to,
      RepositoryName old) {
    List<String> kept = OfficialDropIns.of(to);
    List<String> stale = new ArrayList<>(OfficialDropIns.of(from));
    stale.add("99-qubes-repository-" + from.number() + ".conf");
    stale.removeAll(kept);
    String template =
        TEMPLATE
            .replace("@LEAVE@\n", LEAVE.replace("@FILES@", String.join(" ", stale)))
            .replace("@LEAVING@", "leave\n");
    return new InstallerScript(dropIn, keys, keyring)
        .text(
            template,
            Map.of(
                "from",
                from.number(),
                "to",
                to.number(),
                "old",
                old.value(),
                "kept",
                " " + String.join(" ", kept) + " ",
                "current",
                kept.isEmpty() ? "none" : kept.get(kept.size() - 1),
                "official",
                "qubes-r"
                    + from.number().replace(".", "[.]")
                    + "(-(current|current-testing|security-testing|unstable))?",
                "officialReason",
                "the official repository of Qubes " + from.number(),
                "ownReason",
                "the repository as Qubes " + from.number() + " had it"));
  }

  private String text(String template, Map<String, String> more) {
    Map<String, String> values = new HashMap<>(more);
    values.put("name", dropIn.repository().value());
    values.put("path", dropIn.path());
    values.put("fingerprints", joined(" ", key -> key.fingerprint().hex()));
    values.put("keyring", keyring.value());
    values.put("first", dropIn.priority() == DropInPriority.OVERRIDE ? "1" : "0");
    return ShellText.fill(template, values)
        .replace("@TRUSTED@", trusted())
        .replace("@CERTIFICATE@", joined("", ClientKey::armored))
        .replace("@DROP_IN@", dropIn.text());
  }

  private String trusted() {
    return keys.size() == 1
        ? "# It trusts this key and no other: " + keys.get(0).fingerprint().grouped()
        : "# It trusts these keys and no others:"
            + joined("", key -> "\n#   " + key.fingerprint().grouped());
  }

  private String joined(String separator, Function<ClientKey, String> part) {
    return keys.stream().map(part).collect(Collectors.joining(separator));
  }
}
