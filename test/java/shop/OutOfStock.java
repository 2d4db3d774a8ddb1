package shop;

public class OutOfStock extends RuntimeException {
  public String sku;

  public OutOfStock(String message, String sku) {
    super(message);
    this.sku = sku;
  }
}
