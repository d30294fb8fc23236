import { test } from "@playwright/test";
import { Window } from "../support/webdriver";
import { bench, program } from "../support/programs";
import { writeFile } from "node:fs/promises";
test("debug", async () => {
  const b = await bench();
  const w = await Window.open(program("maquette-studio"), [b.workspace], b.env);
  await new Promise(r => setTimeout(r, 3000));
  console.log(await w.run("return document.body.innerHTML.slice(0,1500)"), await w.run("return location.href"));
  console.log(await w.runAsync(`const d=arguments[arguments.length-1]; const s=[...document.scripts].map(x=>x.src).filter(Boolean)[0]; window.__e=[];addEventListener("error",e=>__e.push(e.message+" "+(e.error&&e.error.stack)));addEventListener("unhandledrejection",e=>__e.push("rej "+e.reason+" "+(e.reason&&e.reason.stack)));const ce=console.error;console.error=(...a)=>{__e.push(a.map(String).join(" ")+(a[0]&&a[0].stack||""));};import(s+"?x").then(()=>setTimeout(()=>d("ok "+JSON.stringify(__e)),1500),e=>d('ERR '+e+' '+e.stack))`));
  console.log(await w.runAsync("const d=arguments[arguments.length-1]; window.__TAURI_INTERNALS__.invoke('rpc',{command:'workspace.get_state',request:{},job:null}).then(v=>d(JSON.stringify(v)),e=>d('ERR '+JSON.stringify(e)))"));
  await writeFile("/tmp/w/dbg.png", await w.picture());
  console.log(w["driver"].said());
  await w.kill();
});
