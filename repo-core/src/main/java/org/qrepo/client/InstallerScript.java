package org.qrepo.client;

import java.util.Map;
import org.qrepo.alpm.PackageName;

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
      # It trusts this key and no other: {{grouped}}
      set -eu
      umask 022
      cd /
      name={{name}}
      drop_in={{path}}
      fingerprint={{fingerprint}}
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

      # pacman's own key is made where there is none, as after each boot of a Qubes template.
      trust() {
        pacman-key --init
        certificate=$(mktemp)
        trap 'rm -f "$certificate"' EXIT
        cat > "$certificate" << 'END_OF_CERTIFICATE'
      @CERTIFICATE@END_OF_CERTIFICATE
        pacman-key --add "$certificate"
        pacman-key --lsign-key "$fingerprint"
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

      [ "$(id -u)" = 0 ] || fail 'run this as root'
      tidy
      refuse_others
      trust
      write
      [ "$(found)" != 0 ] || include
      [ "$(found)" = 1 ] || fail "pacman does not read /$drop_in as it should: see pacman-conf"
      pacman -Sy
      if [ -n "$keyring" ] && pacman -Si "$name/$keyring" > /dev/null 2>&1; then
        pacman -S --needed --noconfirm "$name/$keyring"
      fi
      say "done: pacman uses [$name]"
      """;

  private InstallerScript() {}

  /**
   * The script.
   *
   * @param key the only key that becomes trusted
   * @param keyring the package that keeps the keys up to date
   */
  public static String of(DropIn dropIn, ClientKey key, PackageName keyring) {
    String script =
        ShellText.fill(
            TEMPLATE.replace("{{grouped}}", key.fingerprint().grouped()),
            Map.of(
                "name", dropIn.repository().value(),
                "path", dropIn.path(),
                "fingerprint", key.fingerprint().hex(),
                "keyring", keyring.value(),
                "first", dropIn.priority() == DropInPriority.OVERRIDE ? "1" : "0"));
    return script.replace("@CERTIFICATE@", key.armored()).replace("@DROP_IN@", dropIn.text());
  }
}
