"""Questions to the store: columns, filters, order, pages, totals. Hands out values, not models."""
