import type { AlertRule } from "../../domain/alert-rule.ts";
import { TROUBLE } from "./words.ts";

/** The heap of a program nears its bound. */
export const RUNTIMES: readonly AlertRule[] = [
  {
    id: "runtime-heap",
    says: "The heap of a Java, Node, Python or Go program: JvmMemoryFillingUp, NodejsHeapHigh, GoHeapGrowing",
    when: [
      {
        parts: [
          ["jvm", "java", "nodejs", "v8", "python", "golang", "dotnet", "ruby", "php", "beam"],
          ["heap*", "*memory*", "mem", "oldgen", "old", "metaspace", "rss"],
        ],
      },
      { parts: [["heap", "heaps", "heapsize", "metaspace", "oldgen"], TROUBLE] },
      {
        metric: [
          "jvm_memory*",
          "jvm.heap*",
          "jvm.memory*",
          "jvm.gc.*",
          "JVMMemoryPressure",
          "OldGenJVMMemoryPressure",
          "nodejs_heap*",
          "nodejs_external_memory*",
          "go_memstats*",
          "runtime.go.mem_stats*",
          "process_resident_memory*",
          "python_gc*",
          "*heap*used*",
          "*heapmemory*",
        ],
      },
    ],
    verdict: { memory: "yes", class: "memory_high" },
  },
];

/** Memory ran out, and no more is said. */
export const RUNTIME_OUT_OF_MEMORY: AlertRule = {
  id: "runtime-out-of-memory",
  says: "What programs say whose memory ran out: OutOfMemoryError, MemoryError, JavaScript heap out of memory",
  when: [
    {
      phrases: [
        "*outofmemoryerror*",
        "*outofmemoryexception*",
        "javascript heap out of memory",
        "reached heap limit allocation failed",
        "memoryerror",
        "nomemoryerror",
        "failed to allocate memory",
        "cannot allocate memory",
        "std::bad_alloc",
        "runtime: out of memory",
        "allowed memory size of",
        "memory allocation of",
        "java heap space",
        "worker terminated due to reaching memory limit",
        "enomem",
        "exceeded its memory limit",
        "runtime.outofmemory",
        "array buffer allocation failed",
        "eheap_alloc",
        "*::outofmemory*",
        "in memory context", // PostgreSQL
      ],
    },
    // "Unable to allocate 7.45 GiB for an array": of addresses and ports too many say the like.
    { sentence: { of: ["unable to allocate", "failed to allocate"], near: ["kib", "mib", "gib", "bytes"] } },
    { name: ["MemoryError*", "*OutOfMemory*"] },
    { parts: [["oom"]] },
  ],
  // So ECS calls a kill; a score is nobody's end.
  unless: [
    { phrases: ["container killed due to memory usage", "oom killed", "oom-killed", "oomkilled"] },
    { parts: [["oom"], ["score", "adj", "guard"]] },
  ],
  verdict: { memory: "yes", class: "out_of_memory", nobody: "yes" },
};

export const PERHAPS_OUT_OF_MEMORY: AlertRule = {
  id: "perhaps-out-of-memory",
  says: 'Somebody\'s guess that memory ran out: "Perhaps out of memory?"',
  when: [
    {
      sentence: { of: ["perhaps", "maybe", "possibly", "probably", "might be", "could be"], near: ["out of memory", "oom", "oom killed"] },
    },
  ],
  verdict: { memory: "unsure", class: "out_of_memory" },
};

export const OUT_OF_MEMORY_WORDS: AlertRule = {
  id: "out-of-memory-words",
  says: "Out of memory, in words",
  when: [
    { phrases: ["out of memory", "out-of-memory", "ran out of memory", "running out of memory"] },
    // Alone it can be anybody's name.
    {
      sentence: {
        of: ["oom"],
        near: [
          "memory",
          "kill*",
          "error*",
          "event*",
          "crash*",
          "died",
          "restart*",
          "container*",
          "pod*",
          "process*",
          "service*",
          "heap",
          "limit",
        ],
      },
    },
  ],
  unless: [{ phrases: ["user oom", "username oom", "account oom"] }],
  verdict: { memory: "yes", class: "out_of_memory", nobody: "unsure" },
};

/** Before all that goes by a word. */
export const OTHER_EXCEPTION: AlertRule = {
  id: "other-exception",
  says: "An exception of Sentry's whose type is not memory that ran out (KeyError: 'memory_limit'), whatever words its message has",
  when: [{ source: ["sentry"], labels: { exception: ["*"] } }],
  unless: [
    { labels: { exception: ["*memory*", "*heap*", "*oom*"] } },
    {
      phrases: [
        "out of memory",
        "ran out of memory",
        "exceeded memory limit",
        "memory limit exceeded",
        "exceeded its memory",
        "memory exhausted",
        "memory exhaustion",
        "insufficient memory",
        "oomkilled",
        "oom-killed",
        "sigkill",
      ],
    },
  ],
  verdict: { memory: "no" },
};
