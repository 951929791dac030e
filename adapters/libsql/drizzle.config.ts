// Where drizzle-kit reads the schema and writes migrations. Development only: nothing at run time reads this.
import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./adapters/libsql/schema/*.ts",
  out: "./migrations",
});
