package io.thalweg.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Arrays by name in numpy's format: a zip archive of {@link NpyFile}s. Not compressed, which
 * doubles gain nothing from, and without a time, so that the same arrays make the same bytes.
 */
public final class NpzFile {
  /** The first moment a zip archive can name. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private NpzFile() {}

  /**
   * The archive of some arrays.
   *
   * @param arrays name to file, in the order in which they are written
   * @return the archive
   */
  public static byte[] of(Map<String, byte[]> arrays) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
        byte[] file = array.getValue();
        CRC32 crc = new CRC32();
        crc.update(file);
        ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
        entry.setMethod(ZipEntry.STORED);
        entry.setTimeLocal(NO_TIME);
        entry.setSize(file.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(file);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return out.toByteArray();
  }
}
