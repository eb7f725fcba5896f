import type { Component } from 'svelte';

/** An icon of `@lucide/svelte`. Sizes come from the class: `i` 14 px, `i i-12`, `i i-16`, `i i-18`. */
export type IconComponent = Component<{ class?: string }>;
