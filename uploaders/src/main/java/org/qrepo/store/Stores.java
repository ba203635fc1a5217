package org.qrepo.store;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qrepo.publish.Store;
import org.qrepo.store.dav.DavFactory;
import org.qrepo.store.dav.DavSettings;
import org.qrepo.store.local.FileUrl;
import org.qrepo.store.local.LocalStore;
import org.qrepo.store.s3.S3Factory;
import org.qrepo.store.s3.S3Settings;
import org.qrepo.store.sftp.SftpFactory;
import org.qrepo.store.sftp.SftpSettings;

/** The stores that there are, opened by what a target says: a directory or a URL. */
public final class Stores {
  private final List<StoreFactory> factories;
  private final UnaryOperator<Store> decorator;

  private Stores(List<StoreFactory> factories, UnaryOperator<Store> decorator) {
    this.factories = factories;
    this.decorator = decorator;
  }

  /** All stores of this program. */
  public static Stores standard() {
    return of(
        List.of(
            new LocalFactory(),
            new SftpFactory(SftpSettings.none()),
            new S3Factory(S3Settings.standard()),
            new DavFactory(DavSettings.standard())));
  }

  public static Stores of(List<StoreFactory> factories) {
    return new Stores(List.copyOf(factories), UnaryOperator.identity());
  }

  /** The same stores, but those of this factory's schemes are opened by it. */
  public Stores with(StoreFactory factory) {
    Stream<StoreFactory> others =
        factories.stream().filter(f -> !f.schemes().equals(factory.schemes()));
    return new Stores(Stream.concat(others, Stream.of(factory)).toList(), decorator);
  }

  /** The same stores, each behind a decorator that is put on when it is opened. */
  public Stores behind(UnaryOperator<Store> outer) {
    return new Stores(factories, store -> outer.apply(decorator.apply(store)));
  }

  /**
   * Opens a store. Nothing is read or written yet.
   *
   * @param target a directory, relative ones to where the process runs, or a URL
   * @throws TargetException if there is no such store, or the target is not written as it must be
   */
  public Store open(String target) {
    Optional<String> scheme = Address.scheme(target);
    return decorator.apply(
        scheme.isEmpty() ? directory(target) : factory(scheme.get(), target).open(target));
  }

  /**
   * Opens a store for work on it, behind the decorators that such a store has.
   *
   * @throws TargetException as {@link #open(String)}
   */
  public Store open(String target, Decorators decorators) {
    Store store = open(target);
    Optional<String> scheme = Address.scheme(target);
    return decorators.around(
        store, scheme.isPresent() && factory(scheme.get(), target).repeatsRequests());
  }

  private StoreFactory factory(String scheme, String target) {
    return factories.stream()
        .filter(factory -> factory.schemes().contains(scheme))
        .findFirst()
        .orElseThrow(() -> unknown(scheme, target));
  }

  /** A target or server as it may be shown: without user info, query and fragment. */
  public static String redact(String address) {
    return Address.redact(address);
  }

  private static Store directory(String path) {
    if (path.isEmpty()) {
      throw new TargetException("the target is empty: name a directory or a URL");
    }
    if (Address.isRemotePath(path)) {
      throw new TargetException(
          String.format(
              "'%s' looks like a place on another host: write sftp://HOST/PATH,"
                  + " or ./%s if it is a directory here",
              path, path));
    }
    try {
      return new LocalStore(Path.of(path));
    } catch (InvalidPathException e) {
      throw new TargetException("'" + path + "' cannot be a directory here: " + e.getReason());
    }
  }

  private TargetException unknown(String scheme, String target) {
    String known = factories.stream().map(StoreFactory::form).collect(Collectors.joining(", "));
    return new TargetException(
        String.format(
            "%s: there is no store for %s://; a target is a directory, or %s",
            redact(target), scheme, known));
  }

  private static final class LocalFactory implements StoreFactory {
    @Override
    public List<String> schemes() {
      return List.of("file");
    }

    @Override
    public String form() {
      return "file:///DIRECTORY";
    }

    @Override
    public Store open(String target) {
      return new LocalStore(FileUrl.path(target));
    }
  }
}
