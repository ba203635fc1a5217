package org.qrepo.client;

import java.util.Map;
import java.util.Optional;

/**
 * What pacman runs when a keyring package is installed, upgraded or removed: a POSIX shell script
 * that starts in the client's root. It takes the keys into pacman's keyring each time, also on a
 * booted template of Qubes, where pacman's own secret key is gone after each boot and is made anew;
 * it removes drop-ins that lead nowhere, which would stop pacman, and leaves a repository alone
 * that was configured by hand.
 */
final class KeyringScriptlet {
  private static final String TEMPLATE =
      """
      # Takes the keys of the keyring into pacman's own, and keeps pacman's configuration whole.
      # Written by qrepo.
      _keyring={{keyring}}
      _repository={{repository}}
      _drop_in={{dropIn}}
      _keyrings=usr/share/pacman/keyrings

      _say() { printf '==> %s\\n' "$*"; }

      # A link that leads nowhere stops pacman, as one that older keyring packages of Qubes left.
      _remove_dangling() {
        for _file in etc/pacman.d/*.conf; do
          if [ -L "$_file" ] && [ ! -e "$_file" ]; then
            _say "removing /$_file, a link that leads nowhere"
            rm -f "$_file"
          fi
        done
      }

      # An Include of the drop-in alone leads nowhere when the drop-in has got another name, or is gone.
      _mend_include() {
        if [ -f etc/pacman.conf ]; then
          for _file in etc/pacman.d/80-"$_repository".conf etc/pacman.d/95-"$_repository".conf; do
            if [ ! -e "$_file" ] && grep -qxF "Include = /$_file" etc/pacman.conf; then
              _say "/etc/pacman.conf no longer includes /$_file${1:+, but /$1}"
              cp -p etc/pacman.conf etc/pacman.conf.qrepo
              awk -v old="Include = /$_file" -v new="${1:+Include = /$1}" \\
                '$0 != old { print } $0 == old && new != "" { print new }' \\
                etc/pacman.conf > etc/pacman.conf.qrepo
              mv -f etc/pacman.conf.qrepo etc/pacman.conf
            fi
          done
        fi
      }

      # How often pacman finds the repository.
      _found() { pacman-conf "$@" --repo-list 2> /dev/null | grep -cxF "$_repository"; }

      # Where all of etc/pacman.d is read by now, the line for the drop-in alone reads it twice.
      _include_once() {
        if grep -qxF "Include = /$_drop_in" etc/pacman.conf; then
          cp -p etc/pacman.conf etc/pacman.conf.qrepo
          awk -v line="Include = /$_drop_in" '$0 != line' etc/pacman.conf > etc/pacman.conf.qrepo
          if [ "$(_found --config etc/pacman.conf.qrepo)" -gt 0 ]; then
            _say "/etc/pacman.conf included /$_drop_in twice: the line for it alone is removed"
            mv -f etc/pacman.conf.qrepo etc/pacman.conf
          else
            rm -f etc/pacman.conf.qrepo
          fi
        fi
      }

      # Whoever has set the repository up by hand keeps it so: pacman wants each section once.
      _yield() {
        if [ -n "$_drop_in" ] && [ -f "$_drop_in" ] && [ "$(_found)" -gt 1 ]; then
          cp -p "$_drop_in" "$_drop_in.qrepo"
          sed 's/^[^#]/#&/' "$_drop_in.qrepo" > "$_drop_in"
          if [ "$(_found)" -gt 0 ]; then
            rm -f "$_drop_in.qrepo"
            _say "[$_repository] is configured elsewhere too, so /$_drop_in is put out of force;"
            _say "to use it instead, remove the other section and the marks # in that file"
          else
            mv -f "$_drop_in.qrepo" "$_drop_in"
            _include_once
          fi
        fi
      }

      _populate() {
        if ! usr/bin/pacman-key -l > /dev/null 2>&1; then
          _say "pacman has no keyring yet; when it has: pacman-key --populate $_keyring"
          return 0
        fi
        # Makes pacman's own key where there is none, as after each boot of a template of Qubes.
        usr/bin/pacman-key --init \\
          && usr/bin/pacman-key --populate "$_keyring" \\
          && return 0
        _say "the keys are not in pacman's keyring yet. As root:"
        _say "  pacman-key --init && pacman-key --populate $_keyring"
        return 1
      }

      post_install() {
        _remove_dangling
        _mend_include "$_drop_in"
        _yield
        _populate
      }

      post_upgrade() {
        post_install
      }

      # Keys that another keyring trusts stay.
      pre_remove() {
        cut -d: -f1 "$_keyrings/$_keyring-trusted" "$_keyrings/$_keyring-revoked" | while read -r _key; do
          _others=$(grep -lsF "$_key" "$_keyrings"/*-trusted | grep -vxF "$_keyrings/$_keyring-trusted")
          if [ -z "$_others" ] && usr/bin/pacman-key -l "$_key" > /dev/null 2>&1; then
            usr/bin/pacman-key --delete "$_key" > /dev/null
          fi
        done
        return 0
      }

      post_remove() {
        _remove_dangling
        _mend_include
      }
      """;

  private KeyringScriptlet() {}

  static String of(KeyringName keyring, Optional<DropIn> dropIn) {
    return ShellText.fill(
        TEMPLATE,
        Map.of(
            "keyring", keyring.value(),
            "repository", dropIn.map(d -> d.repository().value()).orElse(""),
            "dropIn", dropIn.map(DropIn::path).orElse("")));
  }
}
