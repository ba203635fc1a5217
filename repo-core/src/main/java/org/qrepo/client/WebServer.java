package org.qrepo.client;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The web servers whose configuration is known. Each redirects {@code NAME.db} and {@code
 * NAME.files} to the generation that the pointer names at that request, without being told of a
 * publish; sets the times that caches may keep things; and serves files as the bytes that they are.
 */
public enum WebServer {
  /** Since 1.10; the text belongs into a {@code server} block. */
  NGINX(
      """
      # The pacman repository {{name}} for nginx. Belongs into a server block:
      #
      #     include /etc/nginx/qrepo-{{name}}.conf;
      #
      # {{name}}.db leads to the generation that is live when it is asked for, so that clients get
      # a database and a signature that belong together. A publish needs no reload.
      location ^~ {{path}} {
          alias "{{directory}}/";
          autoindex off;
          gzip off;
          default_type application/octet-stream;
          types {
              application/pgp-signature sig;
              application/json json;
              text/html html;
          }
          add_header Cache-Control no-cache;

          location ~ "/[.]" {
              return 404;
          }
          location ~ "^{{pathPattern}}generations/[0-9a-f]{16}/" {
              add_header Cache-Control "public, max-age=31536000, immutable";
          }
          location ~ "^{{pathPattern}}(?<qrepo_file>{{namePattern}}[.](?:db|files))(?:[.]tar(?:[.][a-z0-9]+)?)?$" {
              alias "{{directory}}/$qrepo_file";
              if ($realpath_root ~ "/generations/(?<qrepo_generation>[0-9a-f]{16})/[^/]+$") {
                  return 302 generations/$qrepo_generation/$qrepo_file;
              }
          }
          location ~ "[.]pkg[.]tar(?:[.][a-z0-9]+)?$" {
              add_header Cache-Control "public, max-age=31536000, immutable";
          }
      }
      """),

  /** Since 2.4; the text belongs into the server's configuration, not into {@code .htaccess}. */
  APACHE(
      """
      # The pacman repository {{name}} for Apache. Belongs into the server's configuration, for
      # all hosts or inside a VirtualHost. (With layout: redirect, qrepo keeps a .htaccess for servers
      # whose configuration you cannot write; with this text it is not read.)
      # Needs: a2enmod rewrite headers
      #
      # {{name}}.db leads to the generation that is live when it is asked for, so that clients get
      # a database and a signature that belong together. A publish needs no reload.
      Alias "{{alias}}" "{{target}}"
      <Directory "{{directory}}">
          Require all granted
          AllowOverride None
          Options FollowSymLinks
          RemoveEncoding .gz .bz2 .xz .zst .Z
          <FilesMatch "[.](?:db|files)(?:[.]tar(?:[.][a-z0-9]+)?)?$|[.]pkg[.]tar(?:[.][a-z0-9]+)?$">
              ForceType application/octet-stream
          </FilesMatch>
          <FilesMatch "[.]sig$">
              ForceType application/pgp-signature
          </FilesMatch>

          RewriteEngine On
          RewriteBase "{{path}}"
          RewriteRule "(?:^|/)[.]" - [R=404,L]
          RewriteRule "^" - [E=no-gzip:1,E=no-brotli:1]
          RewriteRule "^generations/[0-9a-f]{16}/" - [E=QREPO_IMMUTABLE:1,L]
          RewriteRule "[.]pkg[.]tar(?:[.][a-z0-9]+)?$" - [E=QREPO_IMMUTABLE:1,L]
          RewriteCond expr "file('{{directory}}/current/generation.json') =~ m#.generation.\\s*:\\s*.([0-9a-f]{16})#"
          RewriteRule "^({{namePattern}}[.](?:db|files))(?:[.]tar(?:[.][a-z0-9]+)?)?$" "generations/%1/$1" [R=302,L]

          Header always set Cache-Control "no-cache" env=!QREPO_IMMUTABLE
          Header set Cache-Control "public, max-age=31536000, immutable" env=QREPO_IMMUTABLE
      </Directory>
      """);

  private static final Pattern VALUE = Pattern.compile("\\{\\{([A-Za-z]+)}}");

  private final String template;

  WebServer(String template) {
    this.template = template;
  }

  /** What to give to the server for a repository. */
  public String configuration(ServedFolder folder) {
    Map<String, String> values = values(folder);
    return VALUE
        .matcher(template)
        .replaceAll(
            found -> Matcher.quoteReplacement(Objects.requireNonNull(values.get(found.group(1)))));
  }

  /** Under which name to keep it: {@code qrepo-NAME.conf}. */
  public String fileName(ServedFolder folder) {
    return "qrepo-" + folder.repository() + ".conf";
  }

  private static Map<String, String> values(ServedFolder folder) {
    String path = folder.path();
    boolean top = path.equals("/");
    return Map.of(
        "name", folder.repository().value(),
        "namePattern", folder.namePattern(),
        "path", path,
        "pathPattern", folder.pathPattern(),
        "alias", top ? path : path.substring(0, path.length() - 1),
        "directory", folder.directory(),
        "target", top ? folder.directory() + "/" : folder.directory());
  }
}
