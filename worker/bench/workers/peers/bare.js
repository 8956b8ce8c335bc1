import { respond, sendingTo } from "./requests.js";

export default sendingTo(respond);
