package shop;

import java.math.BigDecimal;
import java.util.Date;
import java.util.List;
import java.util.Map;

public class Order implements java.io.Serializable {
  public long id;
  public String customer;
  public List<Item> items;
  public String note;
  public boolean paid;
  public BigDecimal total;
  public Date placed;
  public Color color;
  public List<Color> colors;
  public byte[] data;
  public Map<String, Long> counts;
  public double rate;
  public Object any;
  public Order parent;
}
