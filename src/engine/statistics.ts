// What commands and panes that count things need of the engine.

export { type HierarchyNode, readHierarchy } from './hierarchy.ts'
