import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.util.RandomData;

/** Apache Avro, one request per line of the input and one answer per line of the output; their parts lie between tabs. */
public class AvroPeer {
  private static final HexFormat HEX = HexFormat.of();

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      try {
        out.println(answer(line.split("\t", -1)));
      } catch (Exception error) {
        out.println("error\t" + String.valueOf(error).replaceAll("\\s+", " "));
      }
    }
  }

  private static String answer(String[] request) throws Exception {
    Schema schema = schema(request[1]);
    switch (request[0]) {
      case "echo":
        return resolve(schema, schema, HEX.parseHex(request[2]), numbers());
      case "echoRaw":
        return resolve(schema, schema, HEX.parseHex(request[2]), new GenericData());
      case "resolve":
        return resolve(schema, schema(request[2]), HEX.parseHex(request[3]), numbers());
      case "random":
        return HEX.formatHex(write(schema, new RandomData(schema, 1, Long.parseLong(request[2])).iterator().next(), new GenericData()));
      case "fingerprint":
        return SchemaNormalization.parsingFingerprint64(schema) + "\t" + SchemaNormalization.toParsingForm(schema);
      case "single": {
        Object datum = new BinaryMessageDecoder<>(new GenericData(), schema).decode(HEX.parseHex(request[2]));
        ByteBuffer buffer = new BinaryMessageEncoder<>(new GenericData(), schema).encode(datum);
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return HEX.formatHex(bytes);
      }
      default:
        throw new IllegalArgumentException(request[0]);
    }
  }

  private static String resolve(Schema writer, Schema reader, byte[] bytes, GenericData data) throws Exception {
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
    Object datum = new GenericDatumReader<>(writer, reader, data).read(null, decoder);
    if (!decoder.isEnd()) throw new IllegalStateException("bytes are left");
    return HEX.formatHex(write(reader, datum, data)) + "\t" + data.toString(datum);
  }

  private static byte[] write(Schema schema, Object datum, GenericData data) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<>(schema, data).write(datum, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  /**
   * Decimals as numbers of Java, so that it is Java's opinion which number the bytes are. In a union with two of them
   * Java then no longer knows which one it was.
   */
  private static GenericData numbers() {
    GenericData data = new GenericData();
    data.addLogicalTypeConversion(new Conversions.DecimalConversion());
    return data;
  }

  private static Schema schema(String base64) {
    return new Schema.Parser().parse(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
  }
}
