import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A value and its Java types as text, which the test makes of its own values too. */
class Describe {
  private final IdentityHashMap<Object, Integer> seen = new IdentityHashMap<>();
  private final StringBuilder text = new StringBuilder();

  static String of(Object value) throws Exception {
    Describe describe = new Describe();
    describe.add(value);
    return describe.text.toString();
  }

  private void add(Object value) throws Exception {
    if (value == null) text.append("null");
    else if (value instanceof Boolean) text.append(value);
    else if (value instanceof Integer) text.append("int ").append(value);
    else if (value instanceof Long) text.append("long ").append(value);
    else if (value instanceof Double) text.append("double ").append(bits(((Double) value).doubleValue()));
    else if (value instanceof Short || value instanceof Byte || value instanceof Character || value instanceof Float)
      text.append(value.getClass().getSimpleName()).append(' ').append(value);
    else if (value instanceof String) string((String) value);
    else if (value instanceof byte[]) bytes((byte[]) value);
    else if (value.getClass() == Date.class) text.append("date ").append(((Date) value).getTime());
    else if (value instanceof Date) text.append(value.getClass().getName()).append(' ').append(((Date) value).getTime());
    else if (value instanceof Enum) text.append(value.getClass().getName()).append(' ').append(((Enum<?>) value).name());
    else if (value instanceof java.util.Calendar)
      text.append("java.util.Calendar ").append(((java.util.Calendar) value).getTimeInMillis());
    else if (value.getClass().getName().startsWith("java.time.zone") || value instanceof java.time.ZoneId && !(value instanceof java.time.ZoneOffset))
      text.append("java.time.ZoneId ").append(value);
    else if (value instanceof Class) text.append("java.lang.Class ").append(((Class<?>) value).getName());
    else if (value instanceof Number || value.getClass().getName().matches("java\\.(time|math|net)\\..*|java\\.util\\.(UUID|Locale)"))
      text.append(value.getClass().getName()).append(' ').append(value);
    else shared(value);
  }

  private void shared(Object value) throws Exception {
    Integer before = seen.get(value);
    if (before != null) {
      text.append('@').append(before);
      return;
    }
    seen.put(value, seen.size());
    if (value instanceof Collection) {
      text.append(value.getClass().getName()).append('[');
      for (Object item : (Collection<?>) value) item(item);
      text.append(']');
    } else if (value.getClass().isArray()) {
      text.append(arrayName(value.getClass())).append('[');
      for (int i = 0; i < Array.getLength(value); i++) item(Array.get(value, i));
      text.append(']');
    } else if (value instanceof Map) {
      text.append(value.getClass().getName()).append('{');
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        add(entry.getKey());
        text.append("=");
        item(entry.getValue());
      }
      text.append('}');
    } else {
      text.append(value.getClass().getName()).append('{');
      TreeMap<String, Object> fields = new TreeMap<>();
      for (Class<?> c = value.getClass(); c != null && c != Object.class; c = c.getSuperclass()) {
        for (Field field : c.getDeclaredFields()) {
          if (Modifier.isStatic(field.getModifiers()) || Modifier.isTransient(field.getModifiers())) continue;
          field.setAccessible(true);
          fields.put(field.getName(), field.get(value));
        }
      }
      for (Map.Entry<String, Object> field : fields.entrySet()) {
        text.append(field.getKey()).append('=');
        item(field.getValue());
      }
      text.append('}');
    }
  }

  private void item(Object value) throws Exception {
    add(value);
    text.append("; ");
  }

  private static String arrayName(Class<?> c) {
    if (!c.isArray()) return c == String.class ? "string" : c == Object.class ? "object" : c.getName();
    return "[" + arrayName(c.getComponentType());
  }

  private static String bits(double value) {
    return String.format("%016x", Double.doubleToLongBits(value));
  }

  private void bytes(byte[] bytes) {
    text.append("bytes ").append(bytes.length).append(' ').append(java.util.Arrays.hashCode(bytes));
  }

  private void string(String value) {
    if (value.length() > 100) text.append("string ").append(value.length()).append(' ').append(value.hashCode());
    else {
      text.append('"');
      for (char c : value.toCharArray()) text.append(c >= 32 && c < 127 ? String.valueOf(c) : String.format("\\u%04x", (int) c));
      text.append('"');
    }
  }
}
