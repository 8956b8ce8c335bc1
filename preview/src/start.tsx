import { initPluginTranslations } from "@grafana/i18n";
import { createRoot } from "react-dom/client";
import "@fontsource/roboto-mono/latin-400.css";
import "uplot/dist/uPlot.min.css";
import { App } from "./App";
import "./page.css";

await initPluginTranslations("preview");
createRoot(document.getElementById("root") as HTMLElement).render(<App />);
