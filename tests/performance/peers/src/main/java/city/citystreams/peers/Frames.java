package city.citystreams.peers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** GenericRecord to and from the Confluent wire format: byte 0, 4-byte schema id, Avro binary. For one thread. */
final class Frames {
  private static final int PREFIX = 5;
  private final int schemaId;
  private final GenericDatumReader<GenericRecord> reader;
  private final GenericDatumWriter<GenericRecord> writer;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
  private BinaryDecoder decoder;
  private BinaryEncoder encoder;

  Frames(int schemaId, Schema schema) {
    this.schemaId = schemaId;
    this.reader = new GenericDatumReader<>(schema);
    this.writer = new GenericDatumWriter<>(schema);
  }

  GenericRecord decode(byte[] frame) {
    int id = (frame[1] & 255) << 24 | (frame[2] & 255) << 16 | (frame[3] & 255) << 8 | (frame[4] & 255);
    if (frame[0] != 0 || id != schemaId) throw new IllegalArgumentException("schema id " + id);
    try {
      decoder = DecoderFactory.get().binaryDecoder(frame, PREFIX, frame.length - PREFIX, decoder);
      return reader.read(null, decoder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] encode(GenericRecord record) {
    try {
      out.reset();
      out.write(0);
      out.write(schemaId >>> 24);
      out.write(schemaId >>> 16);
      out.write(schemaId >>> 8);
      out.write(schemaId);
      encoder = EncoderFactory.get().directBinaryEncoder(out, encoder);
      writer.write(record, encoder);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
